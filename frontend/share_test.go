package frontend_test

import (
	"fmt"
	"strings"
	"testing"
)

// Every step that installs packages of production is the same vertex in the targets
// that have more: they install what they add, and no more.
func TestTargetsShareInstallSteps(t *testing.T) {
	var locked strings.Builder
	entry := func(name, group, source string) {
		fmt.Fprintf(&locked, "[[package]]\nname = %q\nversion = \"1.0\"\npython-versions = \"*\"\ngroups = [\"%s\"]\n", name, group)
		if source != "" {
			fmt.Fprintf(&locked, "develop = true\nfiles = []\n[package.source]\ntype = \"directory\"\nurl = %q\n\n", source)
			return
		}
		fmt.Fprintf(&locked, "files = [{file = \"%s-1.0-py3-none-any.whl\", hash = \"sha256:%064x\"}]\n\n", name, name)
	}
	for i := range 12 { // enough for every slot to have some of both
		entry(fmt.Sprintf("main%d", i), "main", "")
		entry(fmt.Sprintf("more%d", i), "dev", "")
	}
	entry("ours", "main", "ours") // installed in production, run from its folder in development
	ours := strings.Replace(toml, `name = "shop"`, `name = "ours"`, 1)
	files := map[string]string{
		"pyproject.toml": toml + `[tool.quatrain.target.test]
command = ["python", "-m", "unittest"]
[tool.quatrain.target.worker]
command = ["work"]
[tool.quatrain.target.ci]
from = "production"
groups = ["main", "dev"]
[tool.poetry.group.dev.dependencies]
`,
		"poetry.lock":         locked.String() + lock[strings.Index(lock, "[metadata]"):],
		"ours/pyproject.toml": ours[:strings.Index(ours, "[project.scripts]")] + "[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n",
		"ours/ours.py":        "",
	}
	steps := func(target, kind string) map[string]string {
		t.Helper()
		a := build(t, asked{files: files, opts: args("target", target)})
		if a.err != nil {
			t.Fatal(a.printed())
		}
		all := map[string]string{}
		for _, def := range a.client.Definitions(a.result) {
			for digest, m := range def.Metadata {
				name := m.Description["llb.customname"]
				// What comes from the context has the session in its digest.
				if strings.HasPrefix(name, kind) && !strings.Contains(name, "local") && !strings.Contains(name, "project") {
					all[digest] = name
				}
			}
		}
		return all
	}
	for target, kinds := range map[string][]string{
		"development": {"[install"}, "test": {"[install"}, // they compile nothing
		"worker": {"[install", "[compile]"}, "ci": {"[install", "[compile]"},
	} {
		for _, kind := range kinds {
			production := steps("production", kind)
			if len(production) != 2 {
				t.Errorf("production has only %q", production)
			}
			got := steps(target, kind)
			for digest, name := range production {
				if got[digest] == "" {
					t.Errorf("%s has no %s: %q", target, name, got)
				}
			}
		}
	}
}
