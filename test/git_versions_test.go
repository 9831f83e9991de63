package test

import (
	"fmt"
	"strings"
	"testing"
)

// The backends that ask git for a version find no history in a build: they take the
// lock's. Their build requirements come from PyPI.
func TestGitVersions(t *testing.T) {
	k := newKey(t)
	h := newGitHost(t, k)
	p := &project{toml: plainProject, files: map[string]string{}}
	for name, toml := range map[string]string{
		"by-setuptools": "[build-system]\nrequires = [\"setuptools>=64\", \"setuptools-scm>=8\"]\nbuild-backend = \"setuptools.build_meta\"\n" +
			"[project]\nname = \"by-setuptools\"\ndynamic = [\"version\"]\n[tool.setuptools]\npy-modules = [\"by_setuptools\"]\n[tool.setuptools_scm]\n",
		"by-hatch": "[build-system]\nrequires = [\"hatchling\", \"hatch-vcs\"]\nbuild-backend = \"hatchling.build\"\n" +
			"[project]\nname = \"by-hatch\"\ndynamic = [\"version\"]\n[tool.hatch.version]\nsource = \"vcs\"\n",
		"by-poetry": "[build-system]\nrequires = [\"poetry-core\", \"poetry-dynamic-versioning\"]\nbuild-backend = \"poetry_dynamic_versioning.backend\"\n" +
			"[tool.poetry]\nname = \"by-poetry\"\nversion = \"0.0.0\"\ndescription = \"\"\nauthors = []\n[tool.poetry-dynamic-versioning]\nenable = true\n",
	} {
		module := strings.ReplaceAll(name, "-", "_")
		r := newRepository(t, h.home, "tools/"+name+".git")
		commit := r.commit(map[string]string{"pyproject.toml": toml, module + ".py": fmt.Sprintf("only = %q\n", unique(t))})
		p.locks = append(p.locks, locked{entry: gitSource{
			name: name, version: "1.4.2", url: h.address("tools/" + name + ".git"), reference: "v1.4.2", commit: commit,
		}.entry()})
	}
	p.knows(h).write(t)
	r := request{dir: p.dir, ssh: []string{"default=" + k.file}, secrets: machineCA(t)}
	o := build(t, buildx, r)
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	for _, name := range []string{"by_setuptools", "by_hatch", "by_poetry"} {
		for _, f := range []string{name + ".py", name + "-1.4.2.dist-info/METADATA"} {
			if o.image.files[site+f] == nil {
				t.Errorf("%s is not installed", f)
			}
		}
	}
}
