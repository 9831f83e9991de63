package pyproject

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/source"
)

func config(t *testing.T, text string) Config {
	t.Helper()
	root, err := source.ParseTOML(&source.File{Name: "Dockerfile", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseConfig(root)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParseConfig(t *testing.T) {
	c := config(t, "command = \"gunicorn 'a b' --x=$Y\"\nentrypoint = []\nports = [80, \"53/udp\"]\nenv = {B = 1, A = \"x\"}\nextras = [\"My_X\"]\nhealthcheck = {command = \"true\", interval = \"1m30s\", retries = 3}\n")
	want := Image{
		Command: &Command{Args: []string{"gunicorn", "a b", "--x=$Y"}}, Entrypoint: &Command{},
		Ports:       []Port{{Number: 80, Protocol: "tcp"}, {Number: 53, Protocol: "udp"}},
		Env:         []Pair{{Name: "A", Value: "x"}, {Name: "B", Value: "1"}},
		Healthcheck: &Healthcheck{Command: []string{"true"}, Interval: source.Text{Value: "1m30s"}, Retries: 3},
	}
	if diff := cmp.Diff(want, c.Image, ignorePlaces); diff != "" {
		t.Error(diff)
	}
	if c.Extras[0].Value != "my-x" {
		t.Errorf("extras %v", c.Extras)
	}
}

func TestUnknownKeyHint(t *testing.T) {
	root, _ := source.ParseTOML(&source.File{Name: "f", Data: []byte("comand = \"x\"\n")})
	if _, err := ParseConfig(root); err == nil || !strings.Contains(err.Error(), `Did you mean "command"?`) {
		t.Error(err)
	}
}

// No argument or variable can contain NUL: a container with one does not start.
func TestNULInSettings(t *testing.T) {
	for _, text := range []string{
		`env = { A = "x\u0000" }`, `labels = { A = "\u0000" }`, `command = ["x", "a\u0000b"]`, `command = "x \u0000"`, `entrypoint = ["\u0000"]`,
		`healthcheck = { command = ["x\u0000"] }`, `stop-signal = "x\u0000"`, `include = ["a\u0000"]`, `base = "python:3.12\u0000"`,
		`prepare = { command = ["x"], env = { A = "\u0000" } }`, `build = { env = { A = "\u0000" } }`, `target = { x = { env = { A = "\u0000" } } }`,
	} {
		root, err := source.ParseTOML(&source.File{Name: "f", Data: []byte("\n" + text + "\n")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseConfig(root); err == nil || strings.Count(err.Error(), "contains a NUL character") != 1 || !strings.Contains(err.Error(), "f:2: ") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestPortsAreAnArray(t *testing.T) {
	root, _ := source.ParseTOML(&source.File{Name: "f", Data: []byte("ports = 80\n")})
	if _, err := ParseConfig(root); err == nil || !strings.Contains(err.Error(), "f:1: ports: expected an array, found an integer\nhint: Put the ports in brackets") {
		t.Error(err)
	}
}

func TestBadPatterns(t *testing.T) {
	for _, bad := range []string{"[", "!", ""} {
		root, _ := source.ParseTOML(&source.File{Name: "f", Data: []byte("exclude = [\"" + bad + "\"]\n")})
		if _, err := ParseConfig(root); err == nil || !strings.Contains(err.Error(), "is not a file pattern") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestProjectDir(t *testing.T) {
	if c := config(t, "project-dir = \"services/shop\"\n"); c.ProjectDir.Value != "services/shop" {
		t.Errorf("%+v", c.ProjectDir)
	}
	for _, bad := range []string{"../shop", "/shop", ""} {
		root, _ := source.ParseTOML(&source.File{Name: "f", Data: []byte("project-dir = \"" + bad + "\"\n")})
		if _, err := ParseConfig(root); err == nil {
			t.Errorf("%q must be an error", bad)
		}
	}
	_, _, err := Parse(&source.File{Name: "pyproject.toml", Data: []byte("[tool.poetry]\npackage-mode = false\n[tool.quatrain]\nproject-dir = \"x\"\n")})
	if err == nil || !strings.Contains(err.Error(), "pyproject.toml:4: project-dir is only allowed in a stub, not in pyproject.toml") {
		t.Error(err)
	}
}

// A stub's keys win; tables, those of targets too, are merged key by key.
func TestOverride(t *testing.T) {
	own := config(t, "python = \"3.11\"\napt = [\"libpq5\"]\nenv = {A = \"1\", B = \"1\"}\n[build]\nenv = {X = \"1\"}\n[target.dev]\ngroups = [\"dev\"]\ncommand = \"a\"\n[target.test]\ncommand = \"t\"\n")
	stub := config(t, "apt = []\nenv = {B = \"2\"}\n[build]\nenv = {Y = \"2\"}\n[target.dev]\ncommand = \"b\"\n[target.new]\nfrom = \"dev\"\n")
	got := own.Override(stub)
	want := Config{
		Python: source.Text{Value: "3.11"}, Apt: []source.Text{},
		Image: Image{Env: []Pair{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}}},
		Build: BuildConfig{Env: []Pair{{Name: "X", Value: "1"}, {Name: "Y", Value: "2"}}},
		Targets: []TargetConfig{
			{Name: "dev", Groups: []source.Text{{Value: "dev"}}, Image: Image{Command: &Command{Args: []string{"b"}}}},
			{Name: "test", Image: Image{Command: &Command{Args: []string{"t"}}}},
			{Name: "new", From: source.Text{Value: "dev"}},
		},
	}
	if diff := cmp.Diff(want, got, ignorePlaces); diff != "" {
		t.Error(diff)
	}
	if len(own.Targets) != 2 || own.Targets[0].Image.Command.Args[0] != "a" {
		t.Error("the receiver was changed")
	}
}
