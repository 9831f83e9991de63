package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/tags"
	"github.com/quatrain-build/quatrain/internal/source"
)

// What production does not install is marked in every other target, by the very lock
// entry: of one name, production may have another version.
func TestFurther(t *testing.T) {
	p := project(t, `[project.optional-dependencies]
fast = ["speedups"]
[tool.quatrain.target.production]
extras = ["fast"]
[tool.quatrain.target.worker]
from = "production"
[tool.quatrain.target.slow]
from = "production"
extras = []
[tool.quatrain.target.docs]
from = "production"
groups = ["docs"]
`)
	l := lockOf(t,
		"app-1-py3-none-any.whl main",
		"speedups-1-py3-none-any.whl main extra == \"fast\"",
		"tool-1-py3-none-any.whl dev",
		"both-1-py3-none-any.whl main,dev",
		"split-1-py3-none-any.whl main",
		"split-2-py3-none-any.whl docs",
		"theme-1-py3-none-any.whl docs",
	)
	for name, want := range map[string]string{
		"production":  "app both speedups split",
		"worker":      "app both speedups split",
		"slow":        "app both split",
		"development": "app both split tool*",
		"docs":        "split* theme*",
	} {
		plan, err := planOf(t, p, l, name)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, pkg := range plan.Packages {
			all = append(all, pkg.Name+map[bool]string{true: "*"}[pkg.Further])
		}
		if diff := cmp.Diff(want, strings.Join(all, " ")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// planOf plans a target for Python 3.12 on a Debian of glibc 2.36.
func planOf(t *testing.T, p *pyproject.Project, l *lockfile.Lock, target string) (*Plan, error) {
	t.Helper()
	resolved, err := ResolveTarget(p, target)
	if err != nil {
		t.Fatal(err)
	}
	return New(Input{Project: p, Lock: l, Target: resolved, Platform: "linux/amd64", Base: base.Facts{Version: "3.12.1", Libc: tags.Libc{Family: "glibc", Major: 2, Minor: 36}}})
}

func lockOf(t *testing.T, lines ...string) *lockfile.Lock {
	t.Helper()
	var b strings.Builder
	for _, line := range lines {
		file, rest, _ := strings.Cut(line, " ")
		groups, marker, _ := strings.Cut(rest, " ")
		name, rest, _ := strings.Cut(file, "-")
		version, _, _ := strings.Cut(rest, "-")
		fmt.Fprintf(&b, "[[package]]\nname = %q\nversion = %q\npython-versions = \"*\"\ngroups = [\"%s\"]\nmarkers = %q\n", name, version, strings.ReplaceAll(groups, ",", `", "`), marker)
		fmt.Fprintf(&b, "files = [{file = %q, hash = \"sha256:%064d\"}]\n", file, 1)
	}
	b.WriteString("[extras]\nfast = [\"speedups\"]\n[metadata]\nlock-version = \"2.1\"\npython-versions = \">=3.9,<3.13\"\ncontent-hash = \"ab\"\n")
	l, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte(b.String())})
	if err != nil {
		t.Fatal(err)
	}
	return l
}
