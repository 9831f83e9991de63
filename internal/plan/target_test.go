package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestResolveTarget(t *testing.T) {
	p := project(t, `[tool.quatrain]
apt = ["libpq5"]
extras = []
compile = true
command = ["serve"]
env = { A = "1", B = "1" }
ports = [80]
[tool.quatrain.build]
apt = ["gcc"]
[tool.quatrain.target.worker]
command = ["work"]
apt = ["libmagic1"]
env = { B = "2" }
[tool.quatrain.target.docs]
from = "development"
groups = ["main", "docs"]
project = "none"
compile = true
[tool.quatrain.target.night]
from = "worker"
user = "root"
[tool.quatrain.target.development]
command = ["serve", "--reload"]
`)
	for name, want := range map[string]string{
		"":            "production stage 2 groups [main] apt [libpq5] tools false compile true root true [serve] A=1 B=1",
		"base":        "base stage 0 groups [] apt [libpq5] tools false compile false root false [serve] A=1 B=1",
		"builder":     "builder stage 1 groups [main] apt [libpq5] tools true compile false root false [serve] A=1 B=1",
		"development": "development stage 2 groups all apt [libpq5] tools true compile false root true [serve --reload] A=1 B=1",
		"worker":      "worker stage 2 groups [main] apt [libpq5 libmagic1] tools false compile true root true [work] A=1 B=2",
		"docs":        "docs stage 2 groups [main docs] apt [libpq5] tools true compile true root false [serve --reload] A=1 B=1",
		"night":       "night stage 2 groups [main] apt [libpq5 libmagic1] tools false compile true root true [work] A=1 B=2",
	} {
		r, err := ResolveTarget(p, name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		groups := fmt.Sprint(r.Groups)
		if r.Groups == nil {
			groups = "all"
		}
		got := fmt.Sprintf("%s stage %d groups %s apt %v tools %v compile %v root %v %v", r.Name, r.Stage, groups, r.Apt, r.BuildTools, r.Compile, r.InstallRoot, r.Image.Command.Args)
		for _, e := range r.Image.Env {
			got += " " + e.Name + "=" + e.Value
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if len(r.Image.Ports) != 1 || r.Description == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if night, _ := ResolveTarget(p, "night"); night.Image.User.Value != "root" {
		t.Errorf("%+v", night.Image)
	}
}

func TestTargetNames(t *testing.T) {
	p := project(t, "[tool.quatrain.target.worker]\n[tool.quatrain.target.development]\n[tool.quatrain.target.a]\n")
	names := TargetNames(p.Quatrain)
	if !slices.Equal(names[len(names)-2:], []string{"worker", "a"}) || slices.Index(names, "development") > 3 {
		t.Errorf("%q", names)
	}
}

func TestBadTargets(t *testing.T) {
	p := project(t, `[tool.quatrain.target.a]
from = "b"
[tool.quatrain.target.b]
from = "a"
[tool.quatrain.target.self]
from = "self"
[tool.quatrain.target.production]
from = "lost"
[tool.quatrain.target.groups]
from = "base"
groups = ["main", "dve", "other"]
`)
	for name, want := range map[string][]string{
		"a":          {`pyproject.toml:12: target "a" inherits from itself`},
		"self":       {`pyproject.toml:14: target "self" inherits from itself`},
		"worke":      {`target "worke" is not defined`, "The targets are: base, builder"},
		"producton":  {`Did you mean "production"?`},
		"production": {`pyproject.toml:16: target "lost" is not defined`},
		"groups":     {`pyproject.toml:19: group "dve" of target "groups"`, `Did you mean "dev"?`, `group "other"`},
	} {
		_, err := ResolveTarget(p, name)
		if err == nil {
			t.Errorf("%s must be an error", name)
			continue
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: no %q in %v", name, w, err)
			}
		}
	}
}

// What cannot be installed is not, whatever a target asks for.
func TestPackageModeOff(t *testing.T) {
	p := parse(t, "[tool.poetry]\npackage-mode = false\n[tool.quatrain.target.x]\nproject = \"source\"\n")
	for _, name := range []string{"production", "x"} {
		if r, err := ResolveTarget(p, name); err != nil || r.InstallRoot {
			t.Errorf("%s: %v, %+v", name, err, r)
		}
	}
}

// Short names of built-in targets, which a target of that name takes the place of.
func TestShortNames(t *testing.T) {
	for settings, want := range map[string][2]string{
		"": {"development", "production"},
		"[tool.quatrain.target.dev]\nfrom = \"test\"\n": {"dev", "production"},
	} {
		p := project(t, settings)
		for i, name := range []string{"dev", "prod"} {
			if r, err := ResolveTarget(p, name); err != nil || r.Name != want[i] {
				t.Errorf("%q: %s is %s, %v", settings, name, r.Name, err)
			}
		}
	}
}

// A target installs the project where the settings for all do not, and the other way round.
func TestProjectOfATarget(t *testing.T) {
	p := project(t, "[tool.quatrain]\nproject = \"none\"\n[tool.quatrain.target.source]\nproject = \"source\"\n[tool.quatrain.target.wheel]\nproject = \"wheel\"\n")
	for name, want := range map[string][2]bool{"production": {false, false}, "source": {true, false}, "wheel": {true, true}} {
		if r, err := ResolveTarget(p, name); err != nil || r.InstallRoot != want[0] || r.AsWheel != want[1] {
			t.Errorf("%s: %v, installed %v, as wheel %v", name, err, r.InstallRoot, r.AsWheel)
		}
	}
}
