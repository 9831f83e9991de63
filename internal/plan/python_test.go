package plan

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/source"
)

func TestAskedPython(t *testing.T) {
	for name, c := range map[string]struct {
		settings, arg, file string
		want                Python
	}{
		"the argument comes first":       {settings: "python = \"3.10\"", arg: "3.11", file: "3.9", want: Python{Version: "3.11"}},
		"then the setting":               {settings: "python = \"3.10\"", file: "3.9", want: Python{Version: "3.10"}},
		"then the file":                  {file: "3.9", want: Python{Version: "3.9"}},
		"a release":                      {arg: "3.11.4", want: Python{Version: "3.11.4"}},
		"a release of the setting":       {settings: "python = \"3.11.4\"", want: Python{Version: "3.11.4"}},
		"a release of the file":          {file: "3.9.18", want: Python{Version: "3.9.18"}},
		"with white space":               {arg: " 3.11 ", want: Python{Version: "3.11"}},
		"excluded, but the base's own":   {settings: "base = \"debian:bookworm\"", arg: "3.8", want: Python{Version: "3.8"}},
		"free-threaded, of the base":     {settings: "base = \"corp/base:1\"", arg: "3.12t", want: Python{Version: "3.12t", FreeThreaded: true}},
		"free-threaded, in its name":     {settings: "base = \"corp/base:{python}\"", file: "3.12t", want: Python{Version: "3.12t", FreeThreaded: true}},
		"free-threaded, of a company":    {settings: "base = \"registry.corp.example/python:{python}\"", file: "3.12t", want: Python{Version: "3.12t", FreeThreaded: true}},
		"a free-threaded release":        {settings: "base = \"corp/base:{python}\"\npython = \"3.12.1t\"", want: Python{Version: "3.12.1t", FreeThreaded: true}},
		"not asked, and the base's own":  {settings: "base = \"corp/base:1\"", want: Python{}},
		"a release that is not released": {arg: "3.12.98", want: Python{Version: "3.12.98"}},
	} {
		p := project(t, "[tool.quatrain]\n"+c.settings)
		if got, err := ChoosePython(Input{Project: p, Lock: lock(t)}, c.arg, source.Text{Value: c.file}); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestBadPython(t *testing.T) {
	official := "no official image has such a Python\nhint: Set `base` in [tool.quatrain] to an image of your own that has it, or ask for 3.12, with the GIL."
	for _, c := range []struct{ settings, arg, file, want string }{
		{"", "3", "", `Python version "3" of the build argument PYTHON_VERSION is not of the form 3.12`},
		{"[tool.quatrain]\npython = \"three.12\"\n", "", "", `pyproject.toml:10: Python version "three.12" is not of the form`},
		{"", "3.8", "", "pyproject.toml:4: Python 3.8 is not allowed by the project (>=3.9,<3.13)\nhint: Set python = \"3.12\" in [tool.quatrain] (or base = \"python:3.12-slim\", or --build-arg PYTHON_VERSION=3.12)."},
		{"", "3.13.1", "", "Python 3.13.1 is not allowed by the project (>=3.9,<3.13)"},
		{"[tool.quatrain]\nbase = \"python:{python}-alpine\"\n", "", "3.13", "pyproject.toml:4: Python 3.13 is not allowed by the project (>=3.9,<3.13)"},
		{"", "", "shop-env", `Python version "shop-env" is not of the form 3.12`},
		{"", "3.999999999999", "", "is not of the form 3.12"},
		{"", "3.12.1.post1", "", "is not of the form 3.12"},
		{"", "3.12t", "", `Python version "3.12t" of the build argument PYTHON_VERSION is free-threaded, and ` + official},
		{"", "", "3.12t", `Python version "3.12t" is free-threaded, and ` + official},
		{"[tool.quatrain]\npython = \"3.12t\"\n", "", "", `pyproject.toml:10: Python version "3.12t" is free-threaded, and ` + official},
		{"[tool.quatrain]\nbase = \"docker.io/library/python:{python}-alpine\"\n", "3.12.1t", "", "or ask for 3.12.1, with the GIL"},
	} {
		p := project(t, c.settings)
		_, err := ChoosePython(Input{Project: p, Lock: lock(t)}, c.arg, source.Text{Value: c.file})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	old := parse(t, "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \"<3.6\"\n")
	if _, err := ChoosePython(Input{Project: old, Lock: lock(t)}, "", source.Text{}); err == nil || !strings.Contains(err.Error(), "allows no version of Python that Quatrain knows") {
		t.Error(err)
	}
}

// A base can have another Python than its name says, or than anybody asked for.
func TestExcludedBase(t *testing.T) {
	p := project(t, "[tool.quatrain]\nbase = \"debian:bullseye\"\n")
	target, err := ResolveTarget(p, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(Input{Project: p, Lock: lock(t), Target: target, Platform: "linux/amd64", Base: base.Facts{Version: "3.8.10"}})
	if err == nil || !strings.Contains(err.Error(), "pyproject.toml:4: the project allows Python >=3.9,<3.13, the base image has 3.8.10") {
		t.Error(err)
	}
}
