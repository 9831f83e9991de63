package test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// byPoetry is a library that poetry-core builds, with a script that says something.
func byPoetry(name, says string) map[string]string {
	return map[string]string{
		"pyproject.toml": "[project]\nname = \"" + name + "\"\nversion = \"1.0\"\n\n[project.scripts]\n" + name + " = \"" + name + ":main\"\n\n" +
			"[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n",
		name + "/__init__.py": "def main():\n    print('" + says + "')\n",
	}
}

// A workspace in development, with the project's folder mounted: what poetry-core builds
// runs from its folder, also after an edit; what another backend builds is a wheel there
// too, which is said.
func TestMountedWorkspace(t *testing.T) {
	b := engine(t)
	p := newGitProject(t, "")
	maps.Copy(p.files, inFolder("libs/core", byPoetry("core", "core")))
	maps.Copy(p.files, inFolder("libs/near", byPoetry("near", "near")))
	maps.Copy(p.files, inFolder("libs/web", library(t, "web", "1.0")))
	for _, name := range []string{"core", "near", "web"} {
		p.locks = append(p.locks, locked{entry: directoryEntry(name, "1.0", "libs/"+name)})
	}
	p.write(t)
	r := request{dir: p.dir, opts: map[string]string{"target": "development"}}
	o := b.buildx(t, r)
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	if builds := withPrefix(o.ran, "[build]"); len(builds) != 1 || !strings.Contains(builds[0], "web") {
		t.Errorf("built %q", builds)
	}
	for name, want := range map[string]string{
		"core.pth":                           "/app/libs/core\n",
		"near.pth":                           "/app/libs/near\n",
		"core-1.0.dist-info/direct_url.json": `{"dir_info": {"editable": true}, "url": "file:///app/libs/core"}`,
		"web.py":                             p.files["libs/web/web.py"],
	} {
		if f := o.image.files[site+name]; f == nil || string(f.data) != want {
			t.Errorf("%s: %v", name, f)
		}
	}
	if !strings.Contains(o.log, "web is installed as a wheel: an editable install requires poetry-core and no build script") || strings.Contains(o.log, "core is installed as a wheel: an editable install requires poetry-core and no build script") {
		t.Errorf("the warnings are others:\n%s", o.log)
	}
	r.noImage = true
	if o := b.buildx(t, r); o.err != nil || len(o.ran) > 0 {
		t.Errorf("%v: the second build ran %q", o.err, o.ran)
	}

	tag := b.tag(t)
	b.must(t, p.dir, "docker", "buildx", "build", "--load", "--target", "development", "--tag", tag, ".")
	for _, says := range []string{"core", "edited"} {
		maps.Copy(p.files, inFolder("libs/core", byPoetry("core", says)))
		p.write(t)
		if got := b.must(t, "", "docker", "run", "--rm", "--volume", p.dir+":/app", tag, "core"); got != says {
			t.Errorf("core says %q, not %q", got, says)
		}
	}
}

// In production the same library is a wheel: poetry-core builds it.
func TestEditableIsAWheelInProduction(t *testing.T) {
	p := newGitProject(t, "\n[[tool.poetry.source]]\nname = \"PyPI\"\npriority = \"supplemental\"\n")
	maps.Copy(p.files, inFolder("libs/core", byPoetry("core", unique(t))))
	p.locks = append(p.locks, locked{entry: directoryEntry("core", "1.0", "libs/core")})
	o := build(t, buildx, request{dir: p.write(t).dir, secrets: machineCA(t)})
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	if o.image.files[site+"core/__init__.py"] == nil || o.image.files[site+"core.pth"] != nil {
		t.Error("core is not a wheel")
	}
	if f := o.image.files[site+"core-1.0.dist-info/direct_url.json"]; f == nil || strings.Contains(string(f.data), "editable") {
		t.Errorf("direct_url.json: %v", f)
	}
	if builds := withPrefix(o.ran, "[build]"); !slices.Equal(builds, []string{"[build] core 1.0"}) {
		t.Errorf("built %q", builds)
	}
}

// What a lock's path points at, and is not there or is another than it was.
func TestPathErrors(t *testing.T) {
	w := fresh("filed")
	vendor := "vendor/" + w.Filename()
	for name, c := range map[string]struct {
		files map[string]string
		entry string
		want  []string
	}{
		"no folder": {nil, directoryEntry("core", "1.0", "libs/core"), []string{`>>> name = "core"`, "core: path dependency libs/core not found in the build context", ".dockerignore"}},
		"no project": {map[string]string{"libs/core/README.md": "x"}, directoryEntry("core", "1.0", "libs/core"),
			[]string{`>>> name = "core"`, "the source has neither pyproject.toml nor setup.py"}},
		"another project": {inFolder("libs/core", library(t, "other", "1.0")), directoryEntry("core", "1.0", "libs/core"),
			[]string{`>>> name = "core"`, `"other"`}},
		"no file": {nil, fileEntry(w, "1.0", "file", vendor, pindex.SHA256(w)), []string{`>>> name = "filed"`, "filed: path dependency " + vendor + " not found in the build context"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newGitProject(t, "")
			maps.Copy(p.files, c.files)
			p.locks = append(p.locks, locked{entry: c.entry})
			fails(t, build(t, buildx, request{dir: p.write(t).dir, noImage: true}), c.want...)
		})
	}
}
