package test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// An sdist is built once: its key is its own bytes, Python, the platform and how it is
// built, and nothing of the other packages.
func TestSdistKey(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := newGitProject(t, "")
		p.addFiles(t, unseen(t, "pure", library(t, "pure", "1.0")))
		p.write(t)
		ran := func(what string) []string {
			t.Helper()
			o := build(t, m, request{dir: p.dir})
			if o.err != nil {
				t.Fatalf("%s: %s\n%s", what, printed(o.err), o.log)
			}
			for _, f := range []string{"pure.py", "pure-1.0.dist-info/METADATA", "__pycache__/pure.cpython-311.pyc"} {
				if o.image.files[site+f] == nil {
					t.Errorf("%s: %s is not there", what, f)
				}
			}
			return o.ran
		}
		if r := ran("first"); len(withPrefix(r, "[build] pure")) != 1 {
			t.Errorf("the first build ran %q", r)
		}
		p.index.requests()
		if r := ran("second"); len(r) > 0 || p.index.requests() > 0 {
			t.Errorf("the second build ran %q", r)
		}
		other := fresh("other")
		p.index.Add(other)
		p.locks = append(p.locks, locked{wheel: other})
		p.write(t)
		if r := ran("another dependency"); len(withPrefix(r, "[build]")) > 0 {
			t.Errorf("another dependency ran %q", r)
		}
		p.files["poetry.toml"] = "[installer.build-config-settings.other]\nfast = \"yes\"\n"
		p.write(t)
		if r := ran("settings of another"); len(withPrefix(r, "[build]")) > 0 {
			t.Errorf("settings of another package ran %q", r)
		}
		p.files["poetry.toml"] = "[installer.build-config-settings.pure]\nfast = \"yes\"\n"
		p.write(t)
		if r := ran("settings"); len(withPrefix(r, "[build] pure")) != 1 {
			t.Errorf("its own settings ran %q", r)
		}
	})
}

// told is a backend in its own tree that writes down what it was told, and which
// processes it sees with a password in their environment.
var told = map[string]string{
	"pyproject.toml": "[build-system]\nrequires = [\"buildtool\"]\nbuild-backend = \"own\"\nbackend-path = [\"backend\"]\n\n" +
		"[project]\nname = \"told\"\nversion = \"1.0\"\n",
	"backend/own.py": `import pathlib, subprocess
import buildtool, backend

def read(path):
    try:
        return path.read_text()
    except OSError:
        return ""

def build_wheel(folder, config_settings=None, metadata_directory=None):
    planted = subprocess.Popen(["sleep", "60"], env={"PLANTED": "hush"})
    while "hush" not in read(pathlib.Path("/proc", str(planted.pid), "environ")) and planted.poll() is None:
        pass  # the kernel shows it a moment after the program has started
    logins = sorted(int(p.name) - planted.pid for p in pathlib.Path("/proc").iterdir() if p.name.isdigit() and "hush" in read(p / "environ"))
    planted.kill()
    text = f"settings = {config_settings!r}\ntool = {buildtool.version!r}\nlogins = {logins!r}\n"
    pathlib.Path("told.py").write_text(text)
    return backend.build_wheel(folder)
`,
	"backend/backend.py": strings.Replace(backend, `p.name != "backend.py"`, `p.parts[0] != "backend"`, 1),
}

// What poetry.toml and [tool.poetry.build-constraints] say reaches the build, and no
// login does.
func TestSdistSettings(t *testing.T) {
	tool := func(version string) pindex.Wheel {
		return pindex.Wheel{Name: "buildtool", Version: version, Files: map[string]string{"buildtool.py": "version = '" + version + "'\n"}}
	}
	eachMode(t, func(t *testing.T, m mode) {
		p := newGitProject(t, "[tool.poetry.build-constraints]\ntold = { buildtool = \"<2\" }\n")
		p.index.Add(tool("1.5"), tool("2.0"))
		p.index.Set(pindex.Options{Username: "me", Password: "hush"})
		p.addFiles(t, unseen(t, "told", told), pindex.Wheel{Name: "told", Version: "1.0", Files: map[string]string{"told.py": "wheel = True\n"}})
		p.files["poetry.toml"] = "[installer]\nno-binary = [\"told\"]\n[installer.build-config-settings.told]\nlevel = \"3\"\nflags = [\"a\", \"b\"]\n"
		p.write(t)
		o := build(t, m, request{dir: p.dir, secrets: map[string][]byte{
			"POETRY_HTTP_BASIC_LOCAL_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_LOCAL_PASSWORD": []byte("hush"),
		}})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		f := o.image.files[site+"told.py"]
		if f == nil {
			t.Fatal("told.py is not there")
		}
		for _, want := range []string{"tool = '1.5'", "'level': '3'", "'flags': ['a', 'b']", "logins = [0]"} {
			if !strings.Contains(string(f.data), want) {
				t.Errorf("no %s in:\n%s", want, f.data)
			}
		}
		if strings.Contains(o.log, "is built from its sdist") {
			t.Errorf("a package that is built by choice has a warning:\n%s", o.log)
		}
	})
}

// A package that has wheels, but none that fits, is built with a warning at its line.
func TestSdistWarning(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := newGitProject(t, "")
		p.addFiles(t, unseen(t, "never", library(t, "never", "1.0")))
		elsewhere := pindex.Wheel{Name: "elsewhere", Version: "1.0", Tag: "cp311-cp311-win_amd64", Files: map[string]string{"elsewhere.py": ""}}
		p.addFiles(t, unseen(t, "elsewhere", library(t, "elsewhere", "1.0")), elsewhere)
		p.write(t)
		o := build(t, m, request{dir: p.dir})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		const want = "elsewhere 1.0 is built from its sdist: none of its 1 wheels is for Python 3.11"
		if n := strings.Count(o.log, want); n != 1 || !strings.Contains(o.log, "(poetry.lock:") {
			t.Errorf("%d warnings in:\n%s", n, o.log)
		}
		if n := strings.Count(o.log, "is built from its sdist"); n != 1 {
			t.Errorf("%d packages have a warning:\n%s", n, o.log)
		}
	})
}

// addFiles puts the files of one package on the index and into the lock.
func (p *project) addFiles(t *testing.T, sdist pindex.Sdist, wheels ...pindex.Wheel) {
	t.Helper()
	p.index.Add(sdist)
	files := []pindex.Dist{sdist}
	for _, w := range wheels {
		p.index.Add(w)
		files = append(files, w)
	}
	var list strings.Builder
	for _, f := range files {
		fmt.Fprintf(&list, "    {file = %q, hash = \"sha256:%s\"},\n", f.Filename(), pindex.SHA256(f))
	}
	p.locks = append(p.locks, locked{entry: fmt.Sprintf("[[package]]\nname = %q\nversion = %q\ndescription = \"\"\noptional = false\n"+
		"python-versions = \"*\"\ngroups = [\"main\"]\nfiles = [\n%s]\n\n[package.source]\ntype = \"legacy\"\nurl = \"%s/simple\"\nreference = \"local\"\n",
		sdist.Name, sdist.Version, list.String(), p.indexURL())})
}

// unseen is an sdist with a file that no earlier run had: nothing of it is cached.
func unseen(t *testing.T, name string, files map[string]string) pindex.Sdist {
	all := maps.Clone(files)
	all["NEW"] = unique(t)
	return pindex.Sdist{Name: name, Version: "1.0", Files: all}
}
