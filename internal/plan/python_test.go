package plan

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/base"
)

func TestPythonMinor(t *testing.T) {
	pure := "pure-1.0-py3-none-any.whl"
	for name, c := range map[string]struct {
		settings, arg, file string
		files               []string
		want                string
	}{
		"the argument comes first":     {settings: "[tool.quatrain]\npython = \"3.10\"\n", arg: "3.11", file: "3.9", want: "3.11"},
		"then the setting":             {settings: "[tool.quatrain]\npython = \"3.10\"\n", file: "3.9", want: "3.10"},
		"then the file":                {file: "3.9.18\n", want: "3.9"},
		"a patch release":              {arg: "3.11.4", want: "3.11"},
		"free-threaded":                {arg: "3.12t", want: "3.12"},
		"excluded, but the base's own": {settings: "[tool.quatrain]\nbase = \"debian:bookworm\"\n", arg: "3.8", want: "3.8"},
		"the newest that is allowed":   {files: []string{pure}, want: "3.12"},
		"the newest that has a wheel":  {files: []string{pure, "native-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"}, want: "3.11"},
		"the stable ABI":               {files: []string{"native-1.0-cp39-abi3-manylinux_2_17_x86_64.whl"}, want: "3.12"},
		"wheels for no Python at all":  {files: []string{"native-1.0-cp27-cp27m-manylinux_2_17_x86_64.whl"}, want: "3.12"},
		"built for every Python alike": {files: []string{"source-1.0.tar.gz"}, want: "3.12"},
	} {
		p := project(t, c.settings)
		target, err := ResolveTarget(p, "")
		if err != nil {
			t.Fatal(err)
		}
		in := Input{Project: p, Lock: lock(t, c.files...), Target: target, Platform: "linux/amd64"}
		if got, err := PythonMinor(in, c.arg, c.file); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestBadPython(t *testing.T) {
	for _, c := range []struct{ settings, arg, file, want string }{
		{"", "3", "", `python version "3" of the build argument PYTHON_VERSION is not of the form 3.12`},
		{"[tool.quatrain]\npython = \"three.12\"\n", "", "", `pyproject.toml:10: python version "three.12" is not of the form`},
		{"", "3.8", "", "pyproject.toml:4: the project allows Python >=3.9,<3.13, and not 3.8"},
		{"[tool.quatrain]\nbase = \"python:{python}-alpine\"\n", "", "3.13", "pyproject.toml:4: the project allows Python >=3.9,<3.13, and not 3.13"},
		{"", "", "shop-env", `python version "shop-env" of .python-version is not of the form 3.12`},
	} {
		p := project(t, c.settings)
		_, err := PythonMinor(Input{Project: p, Lock: lock(t)}, c.arg, c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v", err)
		}
	}
	old := parse(t, "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \"<3.6\"\n")
	if _, err := PythonMinor(Input{Project: old, Lock: lock(t)}, "", ""); err == nil || !strings.Contains(err.Error(), "pyproject.toml:4: no version of Python that Quatrain knows") {
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
