package frontend_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/subrequests/lint"
)

// .python-version is read, warned of and refused where nothing comes before it.
func TestVersionFile(t *testing.T) {
	free := strings.Replace(toml, "python = \"3.12\"\n", "", 1)
	for name, c := range map[string]struct {
		toml, file, arg, base, warning, err string
	}{
		"uv's form":              {toml: free, file: "cpython-3.11.9-linux-x86_64-gnu\n", base: "python:3.11.9-slim"},
		"a comment first":        {toml: free, file: "# as in CI\n3.11\n", base: "python:3.11-slim"},
		"a virtual environment":  {toml: free, file: "shop-env\n", base: "python:3.13-slim", warning: `"shop-env" names no version of Python, and is passed over (.python-version:1)`},
		"another Python":         {toml: free, file: "pypy3.11-7.3.19\n", err: `.python-version:1: "pypy3.11-7.3.19" asks for PyPy`},
		"a setting comes before": {toml: toml, file: "pypy3.11-7.3.19\n", base: "python:3.12-slim"},
		"so does an argument":    {toml: free, file: "shop-env\n", arg: "3.11", base: "python:3.11-slim"},
		"a base with its own":    {toml: free + "base = \"corp/base:1\"\n", file: "pypy3.11-7.3.19\n", base: "corp/base:1"},
		"no base of its own":     {toml: free + "base = \"python:{python}-alpine\"\n", file: "3.11", base: "python:3.11-alpine"},
		"one that is excluded":   {toml: free, file: "3.10\n", err: "pyproject.toml:4: Python 3.10 is not allowed by the project (>=3.11,<3.14)"},
	} {
		opts := map[string]string{}
		if c.arg != "" {
			opts["build-arg:PYTHON_VERSION"] = c.arg
		}
		a := build(t, asked{files: map[string]string{"pyproject.toml": c.toml, ".python-version": c.file}, opts: opts})
		if c.err != "" {
			if a.err == nil || !strings.Contains(a.err.Error(), c.err) {
				t.Errorf("%s: %v", name, a.err)
			}
			continue
		}
		if graph := a.graph(t); !strings.Contains(graph, "docker.io/library/"+c.base) && !strings.Contains(graph, "docker.io/"+c.base) {
			t.Errorf("%s: the base is not %s", name, c.base)
		}
		if found := slices.ContainsFunc(a.warnings, func(w string) bool { return strings.Contains(w, ".python-version") }); found != (c.warning != "") {
			t.Errorf("%s: warnings %q", name, a.warnings)
		}
		if c.warning != "" && !strings.HasPrefix(a.warnings[0], c.warning) {
			t.Errorf("%s: warnings %q", name, a.warnings)
		}
	}
}

// What a build warns of, --check says too, with the file that it is about.
func TestCheckSaysWarnings(t *testing.T) {
	a := asked{files: map[string]string{
		"pyproject.toml":  strings.Replace(toml, "python = \"3.12\"\n", "base = \"corp/pytorch:1-{python}\"\n", 1),
		".python-version": "shop-env\n",
		"poetry.toml":     "virtualenvs.create = false\nvirtualenvs.options.system-site-packages = true\n[http-basic.corp]\nusername = \"u\"\npassword = \"hunter2\"\n",
	}}
	want := []string{"poetry.toml:2", "poetry.toml:3", "poetry.toml:1", ".python-version:1"}
	var got []string
	results := call[lint.LintResults](t, "frontend.lint", a)
	for _, w := range results.Warnings {
		if w.RuleName == "BuildWarns" {
			got = append(got, fmt.Sprintf("%s:%d", results.Sources[w.Location.SourceIndex].Filename, w.Location.Ranges[0].Start.Line))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, s := range results.Sources {
		if strings.Contains(string(s.Data), "hunter2") {
			t.Errorf("the excerpt of %s has a password", s.Filename)
		}
	}
	warned := build(t, a).warnings
	for _, place := range want {
		if !slices.ContainsFunc(warned, func(w string) bool { return strings.Contains(w, place) }) {
			t.Errorf("a build does not warn of %s: %q", place, warned)
		}
	}
}

// What a build says of the project's own files, --check says too.
func TestCheckSaysWhatFilesLack(t *testing.T) {
	const want = "script gone is left out: file \"bin/gone.sh\" not found"
	for _, target := range []string{"", "development", "ci"} {
		a := asked{opts: args("target", target), files: map[string]string{
			"pyproject.toml": toml + "[tool.quatrain.target.ci]\nfrom = \"test\"\ncommand = \"true\"\n[tool.poetry.scripts]\ngone = { reference = \"bin/gone.sh\", type = \"file\" }\nhere = { reference = \"bin/here.sh\", type = \"file\" }\n",
			"bin/here.sh":    "#!/bin/sh\n",
		}}
		if warned := build(t, a).warnings; strings.Count(strings.Join(warned, "\n"), want) != 1 {
			t.Errorf("%q: a build says %q", target, warned)
		}
		if found := checked(t, a); strings.Count(strings.Join(found, "\n"), want) != 1 || strings.Contains(strings.Join(found, "\n"), "here.sh") {
			t.Errorf("%q: a check says %q", target, found)
		}
	}
}
