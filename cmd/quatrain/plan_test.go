package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
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
		{"plan /no/such/folder", 2, "no such file or directory"},
		{"plan --file no-such-file " + groups, 2, "file no-such-file not found"},
		{"plan a b", 2, "more than one folder"},
		{"plan --format yaml " + groups, 2, "it is not text or json"},
		{"plan --libc bsd " + groups, 2, "bsd"},
		{"plan --nope " + groups, 2, "unknown flag: --nope"},
		{"plan " + t.TempDir(), 1, "pyproject.toml not found in"},
		{"plan --target prodution " + groups, 1, `Did you mean "production"?`},
		{"plan --groups main,dosc " + groups, 1, `Did you mean "docs"?`},
		{"plan --extras web " + groups, 1, "extra [web] is not specified"},
		{"plan --python 3.8.1 " + groups, 1, "the project allows Python >=3.9, the base image has 3.8.1"},
		{"plan --platform plan9/amd64 " + groups, 1, "unknown platform plan9/amd64"},
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
	if got.Status != 0 || !strings.HasPrefix(got.Out, "{") || !strings.Contains(got.ErrOut, `warning: installer.no-binary: "Both_Too" names no package`) {
		t.Errorf("%+v", got)
	}
}

// A stub, its build arguments, the base's name and the folder of a monorepo count for a
// plan as for a build.
func TestPlanReadsWhatABuildReads(t *testing.T) {
	projects := filepath.Join(testdata, "projects")
	outside := filepath.Join(t.TempDir(), "worker.Dockerfile")
	write(t, outside, "# syntax=quatrain/poetry:1\npython = \"3.11\"\n[target.worker]\n")
	mono := t.TempDir()
	if err := os.CopyFS(filepath.Join(mono, "services", "shop"), os.DirFS(filepath.Join(projects, "groups-pep735"))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(mono, "Dockerfile"), "# syntax=quatrain/poetry:1\nproject-dir = \"services/shop\"\nbase = \"python:3.12-alpine\"\n")
	for args, want := range map[string]string{
		"--file " + outside + " " + projects + "/groups-pep735":                                 "Python 3.11.",
		"--file " + outside + " --target worker " + projects + "/groups-pep735":                 "target worker, linux/amd64, Python 3.11.",
		"--file " + outside + " --build-arg PYTHON_VERSION=3.12 " + projects + "/groups-pep735": "Python 3.12.",
		"--python 3.12.0 " + mono: "Python 3.12.0, musl-1.2",
		"--build-arg PYTHON_VERSION=3.10 " + projects + "/groups-pep735":    "Python 3.10.",
		"--platform linux/arm64,linux/amd64 " + projects + "/groups-pep735": "production, linux/arm64, ",
		"--target base " + projects + "/groups-pep735":                      "target base, linux/amd64",
	} {
		if got := planned(append([]string{"plan"}, strings.Fields(args)...)); got.Status != 0 || !strings.Contains(got.Out, want) {
			t.Errorf("quatrain plan %s: %d %s%s, want %q", args, got.Status, got.Out, got.ErrOut, want)
		}
	}
}

// A base image is not read: which Python it is taken to have is said to be a guess, unless
// its name or --python says it. plan and llb say so, and only on standard error.
func TestPlanGuesses(t *testing.T) {
	for _, c := range []struct{ constraint, args, python, note string }{
		{"~3.11.5", "", "3.11.", "note: python:3.11-slim is not read: that it has Python 3.11."},
		{"~3.11.5", "--python 3.11.6", "3.11.6", ""},
		{"3.11.7", "", "3.11.7", ""},
		{">=3.11,<3.11.5", "", "3.11.4", ""}, // python:3.11.4-slim
		{">=3.11,<3.13", "--build-arg PYTHON_VERSION=3.12", "3.12.", "note: python:3.12-slim is not read"},
	} {
		dir := t.TempDir()
		toml := fmt.Sprintf("[tool.poetry]\nname = \"x\"\nversion = \"1\"\n[tool.poetry.dependencies]\npython = %q\n[tool.quatrain]\nproject = \"none\"\ncommand = [\"python\"]\n", c.constraint)
		write(t, filepath.Join(dir, "pyproject.toml"), toml)
		write(t, filepath.Join(dir, "poetry.lock"), fmt.Sprintf("package = []\n[metadata]\nlock-version = \"2.1\"\npython-versions = \"*\"\ncontent-hash = %q\n", contentHash(t, txtar.File{Name: "pyproject.toml", Data: []byte(toml)})))
		args := append(strings.Fields(c.args), dir)
		got := planned(append([]string{"plan"}, args...))
		if got.Status != 0 || !strings.Contains(got.Out, "linux/amd64, Python "+c.python) || c.note == "" && got.ErrOut != "" || !strings.Contains(got.ErrOut, c.note) {
			t.Errorf("plan %q with %s: %+v", c.args, c.constraint, got)
		}
		got = planned(append([]string{"llb"}, args...))
		if got.Status != 0 || !strings.Contains(got.Out, "\"PYTHON_VERSION="+c.python) || c.note == "" && got.ErrOut != "" || !strings.Contains(got.ErrOut, c.note) {
			t.Errorf("llb %q with %s: %s", c.args, c.constraint, got.ErrOut)
		}
	}
}

// The folder is "." where none is named.
func TestPlanHere(t *testing.T) {
	t.Chdir(filepath.Join(testdata, "projects", "groups-pep735"))
	if got := planned([]string{"plan"}); got.Status != 0 || !strings.HasPrefix(got.Out, "target production, ") {
		t.Errorf("%+v", got)
	}
}

// A Dockerfile beside a pyproject.toml that has the syntax line is somebody else's.
func TestPlanBesideADockerfile(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(testdata, "projects", "groups-pep735"))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "Dockerfile"), "FROM python:3.13\nCOPY . .\n")
	if got := planned([]string{"plan", dir}); got.Status != 1 || !strings.Contains(got.ErrOut, "Dockerfile:1: this is a Dockerfile, not a stub") {
		t.Errorf("%+v", got)
	}
	data, err := os.ReadFile(filepath.Join(dir, "pyproject.toml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "pyproject.toml"), "# syntax=quatrain/poetry:1\n"+string(data))
	if got := planned([]string{"plan", dir}); got.Status != 0 || !strings.Contains(got.ErrOut, "Dockerfile is not a stub") {
		t.Errorf("%+v", got)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What a build refuses before anything runs, check finds too.
func TestCheckFindsRefusals(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(testdata, "projects", "groups-pep735"))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "Dockerfile"), "# syntax=quatrain/poetry:1\nproject = \"source\"\n[target.ci]\nfrom = \"test\"\n")
	for args, want := range map[string]string{
		"check":             "the project cannot be installed",
		"check --target ci": `target "ci" has no test command`,
		"check --target no": `target "no" is not defined`,
		"llb --target ci":   `target "ci" has no test command`,
		"llb":               `"wheel" asks its build backend`,
	} {
		if got := planned(append(strings.Fields(args), dir)); got.Status != 1 || !strings.Contains(got.Out+got.ErrOut, want) {
			t.Errorf("%s: %+v, want %q", args, got, want)
		}
	}
}
