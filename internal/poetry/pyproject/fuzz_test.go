package pyproject

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// FuzzParse: a project or errors with places; what a project says can be read.
func FuzzParse(f *testing.F) {
	f.Add(head + "[tool.poetry.dependencies]\nb = [{version = \"^1\", python = \"~3.8 || ^3\"}, \"~=1\"]\n")
	f.Add("[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"b @ git+ssh://git@h/x@v\", \"c[x]>=1 ; extra == 'y'\"]\n[tool.poetry.dependencies]\nc = {version = \"<2\", platform = \"linux\"}\n[dependency-groups]\nd = [{include-group = \"d\"}]\n[tool.quatrain]\ncommand = \"a 'b\"\n")
	f.Add("[tool]\npoetry = 1\n[project]\nlicense = {}\nauthors = \"x\"\ndynamic = 1\nurls = {\"\" = \"\"}\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		p, _, err := parse(text)
		if err != nil {
			if len(source.All(err)) == 0 {
				t.Errorf("an error without a place: %v", err)
			}
			return
		}
		for _, g := range p.Groups {
			for _, d := range g.Dependencies {
				if _, err := pep440.ParseConstraint(d.Constraint); err != nil {
					t.Errorf("%s: %v", d.Name, err)
				}
				if _, err := pep508.ParseMarker(d.Marker); err != nil {
					t.Errorf("%s: %v", d.Name, err)
				}
			}
		}
		p.CoreMetadata(Documents{})
	})
}

// FuzzParseConfig: a configuration that overrides itself is the same.
func FuzzParseConfig(f *testing.F) {
	f.Add("command = \"a 'b c'\"\nports = [80, \"53/udp\"]\nenv = {A = 1}\nhealthcheck = {command = \"x\", interval = \"1s\"}\n[target.t]\nfrom = \"production\"\n[build]\napt = [\"gcc\"]\n")
	f.Add("entrypoint = []\nlabels = {}\npython = 3\nworkdir = \"x\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		root, err := source.ParseTOML(&source.File{Name: "Dockerfile", Data: []byte(text)})
		if err != nil {
			return
		}
		c, err := ParseConfig(root)
		if err != nil {
			if len(source.All(err)) == 0 {
				t.Errorf("an error without a place: %v", err)
			}
			return
		}
		if diff := cmp.Diff(c, c.Override(c), ignorePlaces); diff != "" {
			t.Error(diff)
		}
	})
}
