package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlanRefuses: exit status 1 for what a build would refuse, with its words; 2 for
// a wrong command line.
func TestPlanRefuses(t *testing.T) {
	groups := filepath.Join(testdata, "projects", "groups-pep735")
	for _, c := range []struct {
		args   string
		status int
		want   string
	}{
		{"", 2, "Usage:"},
		{"plan", 2, "name one folder"},
		{"plan a b", 2, "name one folder"},
		{"plan --format yaml " + groups, 2, `format "yaml" is neither text nor json`},
		{"plan --libc bsd " + groups, 2, "bsd"},
		{"plan --nope " + groups, 2, "not defined: -nope"},
		{"plan " + t.TempDir(), 1, "there is no pyproject.toml in"},
		{"plan --target prod " + groups, 1, `target "prod" is not defined`},
		{"plan --groups main,dosc " + groups, 1, `Did you mean "docs"?`},
		{"plan --extras web " + groups, 1, "extra [web] is not specified"},
		{"plan --python 3.8.1 " + groups, 1, "the project allows Python >=3.9, the base image has 3.8.1"},
		{"plan --platform plan9/amd64 " + groups, 1, "platform plan9/amd64 is not one that Quatrain knows"},
		{"plan " + filepath.Join(testdata, "projects", "stale"), 1, "pyproject.toml changed significantly"},
		{"plan " + filepath.Join(testdata, "projects", "binaries-boolean"), 1, "poetry.toml:1: installer.no-binary: expected an array of names or a string"},
	} {
		got := planned(strings.Fields(c.args))
		if got.Status != c.status || got.Out != "" || !strings.Contains(got.ErrOut, c.want) {
			t.Errorf("quatrain %s: %d %s%s, want %d %q", c.args, got.Status, got.Out, got.ErrOut, c.status, c.want)
		}
	}
}

// TestPlanSays: what is printed where a plan can be made.
func TestPlanSays(t *testing.T) {
	projects := filepath.Join(testdata, "projects")
	for args, want := range map[string]string{
		"plan --ignore-stale-lock --python 3.11.7 --format json " + projects + "/stale": `"name": "gamma"`,
		"plan --python 3.13.0 --groups direct --format json " + projects + "/direct":    `"source": "directory:libs/inner"`,
		"plan --python 3.9.1 --groups direct --format json " + projects + "/direct":     `"source": "git+https://git.example/fork.git@0123456789abcdef0123456789abcdef01234567"`,
		"plan --python 3.11.7 --groups main,docs " + projects + "/groups-pep735":        "target production, linux/amd64, Python 3.11.7, glibc-2.36: ",
		"plan --python 3.11.7 --libc musl-1.2 " + projects + "/lock-1.1-poetry-1.1":     "native-1.0-cp311-cp311-musllinux_1_2_x86_64.whl",
		"plan -h": "",
	} {
		if got := planned(strings.Fields(args)); got.Status != 0 || !strings.Contains(got.Out, want) {
			t.Errorf("quatrain %s: %d %s%s, want %q", args, got.Status, got.Out, got.ErrOut, want)
		}
	}
}

// A warning does not keep the plan from standard output alone.
func TestPlanWarns(t *testing.T) {
	dir := filepath.Join(testdata, "projects", "binaries")
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	got := planned([]string{"plan", "--python", "3.11.7", "--format", "json", dir})
	if got.Status != 0 || !strings.HasPrefix(got.Out, "{") || !strings.Contains(got.ErrOut, `warning: poetry.toml:1: installer.no-binary: "Both_Too" names no package`) {
		t.Errorf("%+v", got)
	}
}
