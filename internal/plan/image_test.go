package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

func TestUser(t *testing.T) {
	for asked, want := range map[string]struct {
		numbers, home string
		create        bool
	}{
		"":         {"10001:10001", "/home/app", true},
		"web":      {"10001:10001", "/home/web", true},
		"www-data": {"10001:10001", "/home/www-data", true},
		"root":     {"0:0", "/root", false},
		"0":        {"0:0", "/root", false},
		"1000":     {"1000:1000", "/", false},
		"1:2":      {"1:2", "/", false},
	} {
		got, err := userOf(asked)
		if err != nil || got.String() != want.numbers || got.Home() != want.home || got.Create != want.create {
			t.Errorf("%q: %+v, home %s, %v", asked, got, got.Home(), err)
		}
	}
	for _, bad := range []string{"a:b", "A", "-1", "x y", "1:", ":1", "app:app", "1:-1", strings.Repeat("a", 33)} {
		if got, err := userOf(bad); err == nil {
			t.Errorf("%q must be an error, not %+v", bad, got)
		}
	}
}

func userOf(asked string) (User, error) {
	return Target{Image: pyproject.Image{User: source.Text{Value: asked}}}.User()
}

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
