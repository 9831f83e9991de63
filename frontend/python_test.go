package frontend_test

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/frontend"
)

// pythonProject is a project that names no Python, with a package that has wheels for
// x86_64 of 3.11 to 3.13, for aarch64 of 3.11 and 3.12, in a group.
func pythonProject(constraint, group, settings string) map[string]string {
	var files string
	for _, w := range []string{"311-cp311-manylinux2014_x86_64", "312-cp312-manylinux2014_x86_64", "313-cp313-manylinux2014_x86_64", "311-cp311-manylinux2014_aarch64", "312-cp312-manylinux2014_aarch64"} {
		files += fmt.Sprintf("{file = \"native-1.0-cp%s.whl\", hash = \"sha256:%064x\"}, ", w, len(files))
	}
	return map[string]string{
		"pyproject.toml": fmt.Sprintf("[tool.poetry]\nname = \"shop\"\nversion = \"1.0.0\"\n[tool.poetry.dependencies]\npython = %q\n[tool.poetry.group.dev.dependencies]\n%s", constraint, settings),
		"poetry.lock": fmt.Sprintf("[[package]]\nname = \"native\"\nversion = \"1.0\"\npython-versions = \"*\"\ngroups = [%q]\nfiles = [%s]\n"+
			"[metadata]\nlock-version = \"2.1\"\npython-versions = %q\ncontent-hash = \"{content-hash}\"\n", group, files, constraint),
	}
}

// bases are the base images in the configurations of a build's images.
var bases = regexp.MustCompile(`org\.opencontainers\.image\.base\.name":"([^"]*)"`)

func basesOf(t *testing.T, a answer) []string {
	t.Helper()
	if a.err != nil {
		t.Fatal(a.err)
	}
	found := map[string]bool{}
	for key, data := range a.result.Metadata {
		for _, m := range bases.FindAllStringSubmatch(string(data), -1) {
			if strings.HasPrefix(key, "containerimage.config") {
				found[m[1]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// All targets and all platforms of a project have one Python, which is the same whether the
// platforms are built together or one by one; why it is not the newest is said once.
func TestOnePython(t *testing.T) {
	for _, group := range []string{"main", "dev"} {
		for _, platforms := range []string{"", "linux/amd64", "linux/arm64", "linux/amd64,linux/arm64"} {
			for _, target := range []string{"production", "development"} {
				a := build(t, asked{
					files: pythonProject(">=3.11,<3.15", group, "[tool.quatrain]\nproject = \"none\"\ncommand = [\"python\"]\n"),
					opts:  args("target", target, "platform", platforms),
				})
				if got := basesOf(t, a); !slices.Equal(got, []string{"docker.io/library/python:3.12-slim"}) {
					t.Errorf("%s, %s on %q: %q", group, target, platforms, got)
				}
				const why = "Python 3.12 is chosen, and not 3.14, for which the lock has no file of native (pyproject.toml:5)"
				if n := strings.Count(strings.Join(a.warnings, "\n"), why); n != 1 {
					t.Errorf("%s, %s on %q: said %d times: %q", group, target, platforms, n, a.warnings)
				}
			}
		}
	}
}

// The requested or allowed Python decides on the base image.
func TestWhichBase(t *testing.T) {
	for _, c := range []struct {
		constraint, settings, version string
		opts                          map[string]string
		want                          string
	}{
		{constraint: "3.11.7", want: "python:3.11.7-slim"},
		{constraint: "==3.11.7", want: "python:3.11.7-slim"},
		{constraint: "~3.11.5", want: "python:3.11-slim"},
		{constraint: ">=3.11,<3.13", settings: "python = \"3.11.7\"", want: "python:3.11.7-slim"},
		{constraint: ">=3.11,<3.13", version: "3.11.7\n", want: "python:3.11.7-slim"},
		{constraint: ">=3.11,<3.13", opts: args("build-arg:PYTHON_VERSION", "3.11.7"), want: "python:3.11.7-slim"},
		{constraint: "3.11.7", settings: "base = \"python:{python}-bookworm\"", want: "python:3.11.7-bookworm"},
		{constraint: "3.11.7", settings: "base = \"python:3.11.7-bookworm\"", want: "python:3.11.7-bookworm"},
		{constraint: ">=3.11,<3.13", settings: "base = \"corp/base:1\"", want: "corp/base:1"},
	} {
		files := pythonProject(c.constraint, "dev", "[tool.quatrain]\nproject = \"none\"\ncommand = [\"python\"]\n"+c.settings+"\n")
		if c.version != "" {
			files[".python-version"] = c.version
		}
		a := build(t, asked{files: files, opts: c.opts})
		if got := basesOf(t, a); len(got) != 1 || strings.TrimPrefix(strings.TrimPrefix(got[0], "docker.io/"), "library/") != c.want {
			t.Errorf("%+v: %q", c, got)
		}
		if strings.Contains(strings.Join(a.warnings, "\n"), "is chosen") {
			t.Errorf("%+v: %q", c, a.warnings)
		}
	}
}

// What a build is refused with names what helps.
func TestPythonRefused(t *testing.T) {
	for _, c := range []struct {
		constraint, settings, version, python string
		opts                                  map[string]string
		check                                 bool // no image has to be read: --check says it too
		want                                  string
	}{
		{constraint: "3.11.7", settings: "base = \"python:3.12-slim\"", want: "Set base = \"python:3.11.7-slim\" in [tool.quatrain]"},
		{constraint: "3.11.7", settings: "base = \"python:3.11-slim\"", python: "3.11.14", want: "Set base = \"python:3.11.7-slim\" in [tool.quatrain]"},
		{constraint: "~3.11.5", python: "3.11.2", want: "(or base = \"python:3.11."},
		{constraint: "3.11.7", opts: args("build-arg:PYTHON_VERSION", "3.11.8"), check: true, want: "Python 3.11.8 is not allowed by the project (3.11.7)\nhint: Set python = \"3.11.7\""},
		{constraint: ">=3.11", version: "3.14t", check: true, want: "Python version \"3.14t\" is free-threaded, and no official image has such a Python"},
		{constraint: ">=3.11", settings: "base = \"corp/base:1\"\npython = \"3.14t\"", python: "3.14.2", want: "a free-threaded Python is asked for (3.14t), and the base image has 3.14.2 with the GIL"},
	} {
		files := pythonProject(c.constraint, "dev", "[tool.quatrain]\nproject = \"none\"\n"+c.settings+"\n")
		if c.version != "" {
			files[".python-version"] = c.version
		}
		client := request(t, asked{files: files, opts: c.opts})
		client.Base.Python = c.python
		if _, err := frontend.Build(context.Background(), client); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
		if !c.check {
			continue
		}
		client.Opts["requestid"] = "frontend.lint"
		res, err := frontend.Build(context.Background(), client)
		if first, _, _ := strings.Cut(c.want, "\n"); err != nil || !strings.Contains(string(res.Metadata["result.txt"]), first) {
			t.Errorf("%+v: --check: %v, %s", c, err, res.Metadata["result.txt"])
		}
	}
	files := pythonProject(">=3.11", "dev", "[tool.quatrain]\nproject = \"none\"\nbase = \"corp/base:3.14t\"\n")
	files[".python-version"] = "3.14t"
	if a := build(t, asked{files: files}); a.err != nil {
		t.Error(a.err)
	}
}

// A package that is built or has no file names the Python that has its wheel.
func TestAnotherPythonHasAWheel(t *testing.T) {
	files := pythonProject(">=3.11,<3.15", "main", "[tool.quatrain]\nproject = \"none\"\npython = \"3.14\"\n")
	a := build(t, asked{files: files, opts: args("platform", "linux/arm64")})
	if a.err == nil || !strings.Contains(a.err.Error(), "native 1.0 has no file for Python 3.14.") || !strings.Contains(a.err.Error(), "Set python = \"3.12\" in [tool.quatrain]: the lock has a wheel of native for it.") {
		t.Error(a.err)
	}
	files["poetry.lock"] = strings.Replace(files["poetry.lock"], "files = [", fmt.Sprintf("files = [{file = \"native-1.0.tar.gz\", hash = \"sha256:%064x\"}, ", 1000), 1)
	a = build(t, asked{files: files})
	if text := strings.Join(a.warnings, "\n"); a.err != nil || !strings.Contains(text, "native 1.0 is built from its sdist: none of its 5 wheels is for Python 3.14.") || !strings.Contains(text, "Set python = \"3.13\" in [tool.quatrain]: the lock has a wheel of native for it.") {
		t.Error(text, a.err)
	}
	files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], "python = \"3.14\"", "base = \"corp/base:3.14\"", 1)
	a = build(t, asked{files: files})
	if text := strings.Join(a.warnings, "\n"); a.err != nil || !strings.Contains(text, "Set base = \"python:3.13-slim\" in [tool.quatrain], or another image with Python 3.13") {
		t.Error(text, a.err)
	}
}
