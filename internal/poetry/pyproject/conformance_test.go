package pyproject

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// TestConformance reads the pyproject.toml files of real projects: no errors, and
// every constraint and marker that comes out can be read.
func TestConformance(t *testing.T) {
	dir := os.Getenv("QUATRAIN_CONFORMANCE")
	if dir == "" {
		dir = "../../../../shared/conformance"
	}
	files, _ := filepath.Glob(filepath.Join(dir, "corpus", "*", "pyproject.toml"))
	if len(files) == 0 {
		t.Logf("the conformance cases did not run: nothing in %s (set QUATRAIN_CONFORMANCE)", dir)
		return
	}
	for _, path := range files {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			p := mustParse(t, read(t, path))
			if len(p.Groups) == 0 || p.Groups[0].Name != "main" || p.CoreMetadata(Documents{}) == "" {
				t.Errorf("groups %v", p.Groups)
			}
			for _, g := range p.Groups {
				for _, d := range g.Dependencies {
					if _, err := pep440.ParseConstraint(d.Constraint); err != nil {
						t.Errorf("%s: %v", d.Name, err)
					}
					if _, err := pep508.ParseMarker(d.Marker); err != nil {
						t.Errorf("%s: %q: %v", d.Name, d.Marker, err)
					}
				}
			}
		})
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func parse(text string) (*Project, []*source.Error, error) {
	return Parse(&source.File{Name: "pyproject.toml", Data: []byte(text)})
}

func mustParse(t *testing.T, text string) *Project {
	t.Helper()
	p, _, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
