package pep517

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree is a folder with a pyproject.toml or a setup.py, where text is not empty.
func tree(t *testing.T, name, text string) string {
	t.Helper()
	dir := t.TempDir()
	if name != "" {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReadSystem(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       system
	}{
		{"setup.py", "", legacy},
		{"pyproject.toml", "[project]\nname = 'demo'\n", legacy},
		{"pyproject.toml", "[build-system]\nrequires = ['setuptools', 'numpy']\n",
			system{requires: []string{"setuptools", "numpy"}, backend: "setuptools.build_meta:__legacy__"}},
		{"pyproject.toml", "[build-system]\nrequires = []\nbuild-backend = 'own:api'\nbackend-path = ['.', 'build/tools']\n",
			system{backend: "own:api", path: []string{".", "build/tools"}}},
	} {
		got, err := readSystem(tree(t, c.name, c.text))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if len(got.requires) == 0 {
			got.requires = nil
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(system{})); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
	}
}

func TestReadSystemErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"", "", "neither a pyproject.toml nor a setup.py"},
		{"setup.cfg", "", "neither a pyproject.toml nor a setup.py"},
		{"pyproject.toml", "[build-system\n", "its pyproject.toml"},
		{"pyproject.toml", "[build-system]\nrequires = 'setuptools'\n", "requires"},
		{"pyproject.toml", "build-system = 1\n", "build-system"},
		{"pyproject.toml", "[build-system]\nrequires = []\nbackend-path = ['../other']\n", `backend-path "../other" leaves the source`},
		{"pyproject.toml", "[build-system]\nrequires = []\nbackend-path = ['/usr/lib']\n", `backend-path "/usr/lib" leaves the source`},
	} {
		if _, err := readSystem(tree(t, c.name, c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}
