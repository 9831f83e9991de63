package test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// sdistEntry is a lock's entry of a package, without its source.
func sdistEntry(d pindex.Dist, version string, more ...string) string {
	files := []string{fmt.Sprintf("{file = %q, hash = \"sha256:%s\"}", d.Filename(), pindex.SHA256(d))}
	for _, name := range more {
		files = append(files, fmt.Sprintf("{file = %q, hash = \"sha256:%s\"}", name, strings.Repeat("ab", 32)))
	}
	return fmt.Sprintf("[[package]]\nname = %q\nversion = %q\ndescription = \"\"\noptional = false\npython-versions = \"*\"\n"+
		"groups = [\"main\"]\nfiles = [%s]\n", d.Project(), version, strings.Join(files, ", "))
}

// sdistOf makes an sdist of files.
func sdistOf(name string, files map[string]string) pindex.Sdist {
	return pindex.Sdist{Name: name, Version: "1.0", Files: files}
}

// newSdistProject has its own index first, and PyPI behind it for build requirements.
func newSdistProject(t *testing.T, settings string, dists ...pindex.Sdist) *project {
	t.Helper()
	p := newGitProject(t, settings+"\n[[tool.poetry.source]]\nname = \"PyPI\"\npriority = \"supplemental\"\n")
	for _, d := range dists {
		p.index.Add(d)
		p.locks = append(p.locks, locked{entry: p.fromIndex(sdistEntry(d, "1.0"))})
	}
	return p
}

// fromIndex adds the project's own index to a lock's entry, as its source.
func (p *project) fromIndex(entry string) string {
	return entry + fmt.Sprintf("\n[package.source]\ntype = \"legacy\"\nurl = \"%s/simple\"\nreference = \"local\"\n", p.indexURL())
}

const setuptools = "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"

// extension is a C extension by setuptools.
func extension(t *testing.T, name, include string) pindex.Sdist {
	return sdistOf(name, map[string]string{
		"pyproject.toml": setuptools + "[project]\nname = \"" + name + "\"\nversion = \"1.0\"\n[tool.setuptools]\next-modules = [{name = \"" + name + "\", sources = [\"" + name + ".c\"]}]\n",
		name + ".c": "#include <Python.h>\n" + include + "/* " + unique(t) + " */\nstatic struct PyModuleDef d = {PyModuleDef_HEAD_INIT, \"" + name + "\"};\n" +
			"PyMODINIT_FUNC PyInit_" + name + "(void) { return PyModule_Create(&d); }\n",
	})
}

const compilers = "[tool.quatrain.build]\napt = [\"gcc\", \"libc6-dev\"]\n"

// Sdists of every kind become wheels, once; two builds that share nothing make the
// same layers of them.
func TestSdists(t *testing.T) {
	only := "only = \"" + unique(t) + "\"\n"
	p := newSdistProject(t, compilers,
		sdistOf("oldstyle", map[string]string{"setup.py": "from setuptools import setup\nsetup(name='oldstyle', version='1.0', py_modules=['oldstyle'])\n", "oldstyle.py": only}),
		sdistOf("newstyle", map[string]string{"pyproject.toml": setuptools + "[project]\nname = \"newstyle\"\nversion = \"1.0\"\n[tool.setuptools]\npy-modules = [\"newstyle\"]\n", "newstyle.py": only}),
		sdistOf("bypoetry", map[string]string{"pyproject.toml": "[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n[project]\nname = \"bypoetry\"\nversion = \"1.0\"\n", "bypoetry.py": only}),
		sdistOf("byhatch", map[string]string{"pyproject.toml": "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n[project]\nname = \"byhatch\"\nversion = \"1.0\"\n", "byhatch.py": only}),
		sdistOf("byflit", map[string]string{"pyproject.toml": "[build-system]\nrequires = [\"flit_core\"]\nbuild-backend = \"flit_core.buildapi\"\n[project]\nname = \"byflit\"\nversion = \"1.0\"\ndescription = \"x\"\n", "byflit.py": only}),
		sdistOf("numeric", map[string]string{"pyproject.toml": "[build-system]\nrequires = [\"setuptools\", \"numpy\"]\nbuild-backend = \"setuptools.build_meta\"\n",
			"setup.py":  "import numpy\nfrom setuptools import Extension, setup\nsetup(name='numeric', version='1.0', ext_modules=[Extension('numeric', ['numeric.c'], include_dirs=[numpy.get_include()])])\n",
			"numeric.c": "#include <Python.h>\n#include <numpy/arrayobject.h>\nstatic struct PyModuleDef d = {PyModuleDef_HEAD_INIT, \"numeric\"};\nPyMODINIT_FUNC PyInit_numeric(void) { return PyModule_Create(&d); }\n"}),
		extension(t, "inc", ""))
	p.write(t)
	r := request{dir: p.dir, secrets: machineCA(t)}
	first := build(t, buildx, r)
	if first.err != nil {
		t.Fatalf("%s\n%s", printed(first.err), first.log)
	}
	for _, f := range []string{"oldstyle.py", "newstyle.py", "bypoetry.py", "byhatch.py", "byflit.py", "inc.cpython-311-x86_64-linux-gnu.so", "numeric.cpython-311-x86_64-linux-gnu.so"} {
		if first.image.files[site+f] == nil {
			t.Errorf("%s is not installed", f)
		}
	}
	for f := range first.image.files {
		if strings.HasPrefix(f, "/usr/bin/gcc") || strings.Contains(f, "/setuptools/") {
			t.Errorf("%s is in the image", f)
		}
	}
	if o := build(t, buildx, r); o.err != nil || len(o.ran) > 0 {
		t.Errorf("%v: the second build ran %q", o.err, o.ran)
	}
	p.index.Add(alpha)
	p.locks = append(p.locks, locked{wheel: alpha})
	p.write(t)
	if o := build(t, buildx, r); o.err != nil || len(withPrefix(o.ran, "[build]")) > 0 {
		t.Errorf("%v: another dependency ran %q", o.err, o.ran)
	}
	p.locks = p.locks[:len(p.locks)-1]
	p.write(t)
	r.opts = map[string]string{"no-cache": ""}
	r.flags = []string{"--no-cache"}
	again := build(t, buildx, r)
	if again.err != nil || len(withPrefix(again.ran, "[build]")) != 7 {
		t.Fatalf("%v: --no-cache ran %q", again.err, again.ran)
	}
	if !slices.Equal(first.image.layers, again.image.layers) {
		t.Errorf("layers differ:\n%q\n%q", first.image.layers, again.image.layers)
	}
}

// What a build takes from the project: constraints, settings, environment, and sdists
// where the project wants no wheels.
func TestBuildSettings(t *testing.T) {
	tree := library(t, "told", "1.0")
	tree["backend.py"] += "\nimport os\n_wheel = build_wheel\ndef build_wheel(d, config_settings=None, metadata_directory=None):\n" +
		"    from importlib.metadata import version\n" +
		"    print('TOLD', config_settings, os.environ.get('FLAVOUR'), version('setuptools'), [k for k in os.environ if 'PASSWORD' in k])\n" +
		"    return _wheel(d, config_settings, metadata_directory)\n"
	tree["pyproject.toml"] = strings.Replace(tree["pyproject.toml"], "requires = []", "requires = [\"setuptools\"]", 1)
	d := sdistOf("told", tree)
	p := newSdistProject(t, "[tool.quatrain.build]\nenv = {FLAVOUR = \"sour\"}\n\n[tool.poetry.build-constraints.told]\nsetuptools = \"^75.0\"\n")
	p.index.Add(d, pindex.Wheel{Name: "told", Version: "1.0", Files: map[string]string{"told.py": ""}})
	wheel := pindex.Wheel{Name: "told", Version: "1.0", Files: map[string]string{"told.py": ""}}
	p.locks = append(p.locks, locked{entry: p.fromIndex(strings.Replace(sdistEntry(d, "1.0"), "files = [", fmt.Sprintf("files = [{file = %q, hash = \"sha256:%s\"}, ", wheel.Filename(), pindex.SHA256(wheel)), 1))})
	p.files["poetry.toml"] = "[installer]\nno-binary = [\"told\"]\n\n[installer.build-config-settings.told]\nsweet = \"very\"\n"
	p.write(t)
	secrets := machineCA(t)
	if secrets == nil {
		secrets = map[string][]byte{}
	}
	secrets["POETRY_HTTP_BASIC_LOCAL_PASSWORD"] = []byte("hush")
	o := build(t, buildx, request{dir: p.dir, secrets: secrets})
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	for _, want := range []string{"TOLD {'sweet': 'very'} sour 75.", " []"} {
		if !strings.Contains(o.log, want) {
			t.Errorf("no %q in:\n%s", want, o.log)
		}
	}
	if strings.Contains(o.log, "is built from its sdist") {
		t.Errorf("a package that is built by choice has a warning::\n%s", o.log)
	}
}

// A failed build says which package, shows the end of its log, and what fits it. It
// runs once.
func TestSdistFails(t *testing.T) {
	raising := func(text string) map[string]string {
		return map[string]string{"setup.py": "print('ran', 'once')\n" + text}
	}
	for name, c := range map[string]struct {
		d        pindex.Sdist
		settings string
		want     []string
	}{
		"no compiler":      {extension(t, "nogcc", ""), "", []string{`apt = ["gcc", "libc6-dev"]`, "[tool.quatrain.build]"}},
		"a known header":   {extension(t, "pq", "#include <libpq-fe.h>\n"), compilers, []string{"fatal error: libpq-fe.h", `"libpq-dev"] to [tool.quatrain.build]`}},
		"another header":   {extension(t, "odd", "#include <very/odd.h>\n"), compilers, []string{"The header very/odd.h is missing"}},
		"setup.py raises":  {sdistOf("raises", raising("raise SystemExit('not on a Tuesday')\n")), "", []string{"not on a Tuesday"}},
		"a missing module": {sdistOf("lacks", raising("import numpy_of_ours\n")), "", []string{"Use a release that lists numpy_of_ours as a build requirement, or one with a wheel."}},
		"no such requirement": {sdistOf("wants", map[string]string{"pyproject.toml": "[build-system]\nrequires = [\"no-such-thing-as-this-1234\"]\nbuild-backend = \"x\"\n"}), "",
			[]string{"No matching distribution found", "Check [tool.poetry.build-constraints], and that the project's primary or supplemental sources have the build requirement."}},
		"a download": {sdistOf("fetches", raising("import urllib.request\nurllib.request.urlopen('http://files.example.org/data')\n")), "",
			[]string{`network = ["fetches"] in [tool.quatrain.build]`}},
		"neither file": {sdistOf("empty", map[string]string{"README": ""}), "", []string{"the source has neither pyproject.toml nor setup.py"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(c.d.Files)
			files["never"] = unique(t)
			c.d.Files = files
			p := newSdistProject(t, c.settings, c.d).write(t)
			o := build(t, buildx, request{dir: p.dir, noImage: true, secrets: machineCA(t)})
			fails(t, o, append(c.want, `>>> name = "`+c.d.Name+`"`, "building "+c.d.Name+" 1.0")...)
			n := 0
			for line := range strings.Lines(o.log) {
				if strings.TrimSpace(line) == "ran once" {
					n++
				}
			}
			if strings.Contains(files["setup.py"], "once") && n != 1 {
				t.Errorf("the build ran %d times:\n%s", n, o.log)
			}
		})
	}
}
