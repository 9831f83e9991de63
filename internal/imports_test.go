package internal_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/quatrain-build/quatrain/"

// parsers know files and nothing of what is done with them.
var parsers = []string{
	"internal/source", "internal/python/pep440", "internal/python/pep508", "internal/python/tags",
	"internal/poetry/pyproject", "internal/poetry/lockfile", "internal/poetry/poetrytoml", "internal/versionfile", "internal/knownhosts", "internal/names", "internal/address",
}

// Rules over what packages depend on, by themselves or through others; tests may
// import what they want.
var rules = []struct {
	why    string
	who    []string // packages, or folders with a trailing "/"
	except []string
	never  []string // of what they depend on
	only   []string // or: all that they may depend on of this module
}{
	{
		why: "what decides and what runs inside builds does not know BuildKit",
		who: []string{"internal/"}, never: []string{"github.com/moby/buildkit/"},
	},
	{
		why: "the helper's bytes are a cache key: BuildKit's releases must not change them",
		who: []string{"cmd/quatrain-helper"}, never: []string{"github.com/moby/buildkit/"},
	},
	{
		why: "nothing below imports the rim",
		who: []string{"internal/", "llb"}, never: []string{module + "frontend/"},
	},
	{
		why: "the graph talks to no daemon",
		who: []string{"llb"}, never: []string{"github.com/moby/buildkit/frontend/", "github.com/moby/buildkit/client/connhelper/"},
	},
	{
		why: "what a failure means follows from plain data, without a daemon",
		who: []string{"frontend/explain"}, never: []string{"github.com/moby/buildkit/frontend/", "github.com/moby/buildkit/client/connhelper/", module + "frontend/"},
	},
	{
		why: "parsers import nothing above them",
		who: parsers, only: parsers,
	},
	{
		why: "a package index and vectors of oracles are for tests",
		who: []string{"internal/", "llb", "frontend/", "cmd/"}, except: []string{"internal/testutil/pindex", "internal/testutil/vectors"},
		never: []string{module + "internal/testutil/pindex/", module + "internal/testutil/vectors/"},
	},
	{
		why: "what runs in a build is not part of the frontend",
		who: []string{"frontend", "frontend/offline", "llb", "internal/plan", "internal/lint", "internal/sbom"}, never: []string{module + "internal/helper/"},
	},
	{
		why: "what runs in a build decides nothing",
		who: []string{"internal/helper/", "cmd/quatrain-helper"}, never: []string{module + "internal/plan/", module + "internal/poetry/"},
	},
	{
		why: "a client without a daemon is for tests and for the command",
		who: []string{"frontend", "cmd/quatrain-helper"}, never: []string{module + "frontend/offline/"},
	},
}

// The rules of docs/architecture.md.
func TestImports(t *testing.T) {
	deps := dependencies(t)
	for _, r := range rules {
		found := false
		for name, all := range deps {
			if !within(name, r.who) || within(name, r.except) {
				continue
			}
			found = true
			for _, dep := range all {
				own, ours := strings.CutPrefix(dep, module)
				if within(dep, r.never) || r.only != nil && ours && !within(own, r.only) {
					t.Errorf("%s depends on %s: %s", name, dep, r.why)
				}
			}
		}
		if !found {
			t.Errorf("no package is under the rule: %s", r.why)
		}
	}
}

// within tells whether a package is one of these, or in one of these folders.
func within(name string, these []string) bool {
	return slices.ContainsFunc(these, func(s string) bool {
		return strings.HasPrefix(name+"/", strings.TrimSuffix(s, "/")+"/") && (name == strings.TrimSuffix(s, "/") || strings.HasSuffix(s, "/"))
	})
}

// dependencies are all that each package of the module depends on, tests left out.
func dependencies(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Deps " "}}`, "../...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	deps := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		deps[strings.TrimPrefix(words[0], module)] = words[1:]
	}
	return deps
}
