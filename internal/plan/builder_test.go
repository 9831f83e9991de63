package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/poetry/poetrytoml"
	"github.com/quatrain-build/quatrain/internal/python/tags"
)

// Constraints are those of the package, as pip reads them.
func TestConstraintsOf(t *testing.T) {
	p := project(t, `[tool.poetry.build-constraints.Demo_Pkg]
setuptools = ">=60,<70"
Cython = "^3.0"
numpy = { version = "~1.26", markers = "python_version < '3.12'" }
[tool.poetry.build-constraints.other]
wheel = "<1"
`)
	got, err := constraintsOf(p, "demo-pkg")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"setuptools>=60,<70", "cython>=3.0,<4.0", "numpy>=1.26,<1.27 ; python_version < '3.12'"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := constraintsOf(p, "third"); err != nil || len(got) > 0 {
		t.Errorf("of a package without any: %q, %v", got, err)
	}
	p = project(t, "[tool.poetry.build-constraints.demo]\nsetuptools = \"<60 || >70\"\n")
	if _, err := constraintsOf(p, "demo"); err == nil || !strings.Contains(err.Error(), `pyproject.toml:10: the build constraint setuptools "<60 || >70" is not a single range`) {
		t.Errorf("%v", err)
	}
}

// A build has a network if the project names the package, however that is written.
func TestNetwork(t *testing.T) {
	l := lock(t, "demo-1.0.tar.gz")
	planned := func(toml string) (*Plan, error) {
		p := project(t, toml)
		target, err := ResolveTarget(p, "")
		if err != nil {
			t.Fatal(err)
		}
		return New(Input{Project: p, Lock: l, Target: target, Platform: "linux/amd64",
			Base: base.Facts{Version: "3.11.2", Libc: tags.Libc{Family: "glibc", Major: 2, Minor: 36}}})
	}
	for toml, want := range map[string]bool{
		"": false, "[tool.quatrain.build]\nnetwork = []\n": false,
		"[tool.quatrain.build]\nnetwork = [\"Demo\"]\n": true,
	} {
		p, err := planned(toml)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Packages[0].Network; got != want {
			t.Errorf("%q: %v", toml, got)
		}
	}
	if p, err := planned("[tool.quatrain.build]\nnetwork = [\"x\"]\n"); err != nil || !p.RootPackage().Network || p.Packages[0].Network {
		t.Errorf("the project itself: %v", err)
	}
	if _, err := planned("[tool.quatrain.build]\nnetwork = [\"dmo\"]\n"); err == nil || !strings.Contains(err.Error(), `network: "dmo" is not in the lock`) || !strings.Contains(err.Error(), `Did you mean "demo"?`) {
		t.Errorf("%v", err)
	}
}

// Wheels that do not fit are counted where one would have been installed.
func TestOtherWheels(t *testing.T) {
	l := lock(t, "demo-1.0-py3-none-any.whl")
	l.Packages[0].Files = append(l.Packages[0].Files, l.Packages[0].Files[0])
	l.Packages[0].Files[0].Name = "demo-1.0.tar.gz"
	for _, c := range []struct {
		wheel    string
		noBinary []string
		want     int
		built    bool
	}{
		{"demo-1.0-cp311-cp311-win_amd64.whl", nil, 1, true},
		{"demo-1.0-cp311-cp311-win_amd64.whl", []string{"demo"}, 0, true},
		{"demo-1.0-py3-none-any.whl", []string{":all:"}, 0, true},
		{"demo-1.0-py3-none-any.whl", nil, 0, false},
	} {
		l.Packages[0].Files[1].Name = c.wheel
		p := project(t, "")
		target, err := ResolveTarget(p, "")
		if err != nil {
			t.Fatal(err)
		}
		plan, err := New(Input{
			Project: p, Lock: l, Target: target, Platform: "linux/amd64", Settings: poetrytoml.Settings{NoBinary: c.noBinary},
			Base: base.Facts{Version: "3.11.2", Libc: tags.Libc{Family: "glibc", Major: 2, Minor: 36}},
		})
		if err != nil {
			t.Fatal(err)
		}
		pkg := plan.Packages[0]
		if pkg.OtherWheels != c.want || pkg.Build != c.built || (plan.Builder != nil) != c.built {
			t.Errorf("%s, no-binary %v: %d others, built %v", c.wheel, c.noBinary, pkg.OtherWheels, pkg.Build)
		}
	}
}
