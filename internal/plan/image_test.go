package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
)

func TestEnv(t *testing.T) {
	own := []pyproject.Pair{{Name: "LOG", Value: "info"}, {Name: "PATH", Value: "/own"}}
	for name, c := range map[string]struct {
		stage    Stage
		own      []pyproject.Pair
		basePath string
		want     map[string]string
	}{
		"app":  {AppStage, nil, "/usr/bin", map[string]string{"HOME": "/home/app", "PYTHONUNBUFFERED": "1", "PATH": "/opt/venv/bin:/usr/bin", "VIRTUAL_ENV": "/opt/venv"}},
		"base": {BaseStage, nil, "/usr/bin", map[string]string{"HOME": "/home/app", "PYTHONUNBUFFERED": "1"}},
		"a base without PATH": {AppStage, nil, "", map[string]string{
			"HOME": "/home/app", "PYTHONUNBUFFERED": "1", "VIRTUAL_ENV": "/opt/venv",
			"PATH": "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}},
		"own wins": {AppStage, own, "/usr/bin", map[string]string{"HOME": "/home/app", "PYTHONUNBUFFERED": "1", "PATH": "/own", "VIRTUAL_ENV": "/opt/venv", "LOG": "info"}},
	} {
		p := &Plan{Target: Target{Stage: c.stage, Image: pyproject.Image{Env: c.own}}}
		pairs, err := p.Env(c.basePath)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, e := range pairs {
			got[e.Name] = e.Value
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestCommand(t *testing.T) {
	scripts := "[project.scripts]\none = \"x:one\"\n"
	for name, c := range map[string]struct {
		toml, target string
		want         string
	}{
		"configured":           {scripts + "[tool.quatrain]\ncommand = \"a b\"\n", "production", "a b"},
		"an empty one":         {scripts + "[tool.quatrain]\ncommand = []\n", "production", ""},
		"the only script":      {scripts, "production", "one"},
		"one of two scripts":   {scripts + "two = \"x:two\"\n", "production", "python"},
		"a script, no project": {scripts + "[tool.quatrain]\nproject = \"none\"\n", "production", "python"},
		"builder":              {scripts, "builder", "python"},
		"base":                 {scripts, "base", "/usr/bin/python3.11"},
	} {
		p := parse(t, "[project]\nname = \"x\"\nversion = \"1\"\n"+c.toml)
		target, err := ResolveTarget(p, c.target)
		if err != nil {
			t.Fatal(err)
		}
		plan := &Plan{Target: target, Project: p, Base: base.Facts{Interpreter: "/usr/bin/python3.11"}}
		if got := strings.Join(plan.Command(), " "); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestWorkdirAndPorts(t *testing.T) {
	target, err := ResolveTarget(project(t, "[tool.quatrain]\nworkdir = \"/srv//shop/\"\nports = [80, \"53/udp\", 443]\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	if target.Workdir() != "/srv/shop" || (Target{}).Workdir() != "/app" {
		t.Errorf("%q, %q", target.Workdir(), Target{}.Workdir())
	}
	if diff := cmp.Diff([]string{"443/tcp", "53/udp", "80/tcp"}, target.Ports()); diff != "" {
		t.Error(diff)
	}
}

// No project is where the environment, the tests' reports or the steps' own files are.
func TestWorkdirOfOthers(t *testing.T) {
	for _, taken := range []string{Venv, Reports, step.Out, step.Helper, step.Sources} {
		_, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte("[project]\nname = \"x\"\nversion = \"1\"\n[tool.quatrain]\nworkdir = \"" + taken + "\"\n")})
		if err == nil || !strings.Contains(err.Error(), "pyproject.toml:5: workdir") {
			t.Errorf("%s: %v", taken, err)
		}
	}
}
