package test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// signed is a library whose wheel says what made it: `by`, a Python and a machine.
func signed(t *testing.T, name string) map[string]string {
	files := library(t, name, "1.0")
	files["backend.py"] = strings.Replace("import platform\nimport sys\n"+backend, "path.read_text())",
		`path.read_text() + f"by = '{sys.version_info[0]}.{sys.version_info[1]} {platform.machine()}'\n")`, 1)
	return files
}

// Three sources, which share nothing but how they are built: an sdist behind a login,
// a git repository and a folder. Each is built once for a Python, and what is built
// for one is of no use to the other.
func TestBuildKeyOfPython(t *testing.T) {
	w := newGitWeb(t, "")
	commit := newRepository(t, w.root, "group/tree.git").commit(signed(t, "tree"))
	p := newGitProject(t, "", gitSource{name: "tree", version: "1.0", url: w.URL + "/group/tree.git", reference: "main", commit: commit})
	p.index.Set(pindex.Options{Username: "me", Password: hunter})
	p.addFiles(t, unseen(t, "packed", signed(t, "packed")))
	maps.Copy(p.files, inFolder("libs/folder", signed(t, "folder")))
	p.locks = append(p.locks, locked{entry: directoryEntry("folder", "1.0", "libs/folder")})
	login := map[string][]byte{"POETRY_HTTP_BASIC_LOCAL_USERNAME": []byte("me"), "POETRY_HTTP_BASIC_LOCAL_PASSWORD": []byte(hunter)}
	plain := p.toml
	on := func(python string, secrets map[string][]byte) []string {
		t.Helper()
		p.toml = strings.Replace(plain, `python = "3.11"`, `python = "`+python+`"`, 1)
		p.write(t)
		o := build(t, buildx, request{dir: p.dir, secrets: secrets})
		if o.err != nil {
			t.Fatalf("on %s: %s\n%s", python, printed(o.err), o.log)
		}
		for _, name := range []string{"folder", "packed", "tree"} {
			f := o.image.files[strings.Replace(site, "3.11", python, 1)+name+".py"]
			if f == nil || !strings.Contains(string(f.data), "by = '"+python+" ") {
				t.Errorf("%s of the image with %s was not built by it: %v", name, python, f)
			}
		}
		return o.ran
	}
	for _, python := range []string{"3.11", "3.13"} {
		if got := withPrefix(on(python, login), "[build]"); !slices.Equal(got, []string{"[build] folder 1.0", "[build] packed 1.0", "[build] tree 1.0"}) {
			t.Errorf("%s built %q", python, got)
		}
	}
	w.Close()
	p.index.Close()
	for _, python := range []string{"3.11", "3.13"} {
		if ran := on(python, nil); len(ran) > 0 {
			t.Errorf("once more on %s, without servers and login, ran %q", python, ran)
		}
	}
}

// A wheel is built on its platform, or not at all: what amd64 made is never given to
// arm64. Whether the kernel can run arm64's programs is the machine's matter, and
// both answers are right; so the wheel says who made it.
func TestBuildKeyOfPlatform(t *testing.T) {
	p := newGitProject(t, "")
	p.addFiles(t, unseen(t, "packed", signed(t, "packed")))
	p.write(t)
	on := func(platform string) outcome {
		return build(t, inProcess, request{dir: p.dir, opts: map[string]string{"platform": platform}})
	}
	by := func(o outcome) string {
		if f := o.image.files[site+"packed.py"]; f != nil {
			return string(f.data)
		}
		return "nothing"
	}
	o := on("linux/amd64")
	if o.err != nil || !strings.Contains(by(o), "x86_64") {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	p.index.requests()
	for range 2 { // a failure is not remembered either
		other := on("linux/arm64")
		if other.err == nil { // the kernel has an emulator
			if !strings.Contains(by(other), "aarch64") {
				t.Fatalf("arm64 has the wheel of another platform: %s", by(other))
			}
			continue
		}
		fails(t, other, `>>> name = "packed"`, "exec format error", "binfmt_misc", "build on a machine of that platform")
	}
	if n := p.index.requests(); n > 0 {
		t.Errorf("the source is of no platform, and the index was asked %d times more", n)
	}
	if o := on("linux/amd64"); o.err != nil || len(o.ran) > 0 {
		t.Errorf("%v: amd64 once more ran %q", o.err, o.ran)
	}
}

// What is said of one package's build is in the key of that build only; what all
// builds see, their packages and their environment, is in the key of all.
func TestBuildKeyOfConfiguration(t *testing.T) {
	p := newGitProject(t, "")
	wheel := pindex.Wheel{Name: "boxed", Version: "1.0", Files: map[string]string{"boxed.py": ""}}
	p.addFiles(t, unseen(t, "boxed", library(t, "boxed", "1.0")), wheel)
	for _, name := range []string{"one", "other"} {
		p.addFiles(t, unseen(t, name, library(t, name, "1.0")))
	}
	plain := p.toml
	const constrained = "a constraint of one, which has no requirements that it could change"
	for _, c := range []struct {
		change    string
		pyproject string // added to what there is
		poetry    string // the whole of poetry.toml
		want      string // the packages that are built
	}{
		{"nothing", "", "", "one other"},
		{constrained, "[tool.poetry.build-constraints.one]\nsetuptools = \"<80\"\n", "", ""},
		{"a setting of the other", "", "[installer.build-config-settings.other]\nfast = \"yes\"\n", "other"},
		{"another setting", "", "[installer.build-config-settings.other]\nfast = \"no\"\n", "other"},
		{"no wheel of a third", "", "[installer]\nno-binary = [\"boxed\"]\n", "boxed"},
		{"only sources of one, which are all there is", "", "[installer]\nno-binary = [\"one\"]\n", ""},
		{"a variable", "[tool.quatrain.build]\nenv = {FLAVOUR = \"sour\"}\n", "", "one other"},
		{"a package to build with", "[tool.quatrain.build]\napt = [\"make\"]\n", "", "one other"},
		{"the same one, but in the image as well", "[tool.quatrain]\napt = [\"make\"]\n", "", ""},
		{"nothing any more", "", "", ""},
	} {
		p.toml = plain + c.pyproject
		if strings.HasPrefix(c.pyproject, "[tool.quatrain]\n") { // the table is there already
			p.toml = strings.Replace(plain, c.pyproject[:16], c.pyproject, 1)
		}
		p.files["poetry.toml"] = c.poetry
		p.write(t)
		o := build(t, inProcess, request{dir: p.dir, noImage: true})
		if o.err != nil {
			t.Fatalf("%s: %s\n%s", c.change, printed(o.err), o.log)
		}
		var want []string
		for _, name := range strings.Fields(c.want) {
			want = append(want, fmt.Sprintf("[build] %s 1.0", name))
		}
		if got := withPrefix(o.ran, "[build]"); !slices.Equal(got, want) {
			t.Errorf("%s built %q, not %q", c.change, got, want)
		}
		if asked := withPrefix(o.ran, "[requirements]"); c.change == constrained && (len(asked) == 0 || len(asked) != len(withPrefix(asked, "[requirements] one "))) {
			t.Errorf("%s: the requirements of %q were looked for, not those of one", c.change, asked)
		}
	}
}
