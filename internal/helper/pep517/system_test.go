package pep517

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// treeOf makes a tree of one file, or of none.
func treeOf(t *testing.T, name, text string) tree {
	t.Helper()
	dir := t.TempDir()
	if name != "" {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return tree{dir, "."}
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
		got, err := readSystem(treeOf(t, c.name, c.text))
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
		{"pyproject.toml", "[build-system\n", "pyproject.toml:"},
		{"pyproject.toml", "[build-system]\nrequires = 'setuptools'\n", "requires"},
		{"pyproject.toml", "build-system = 1\n", "build-system"},
		{"pyproject.toml", "[build-system]\nrequires = []\nbackend-path = ['../other']\n", `pyproject.toml: backend-path "../other" leaves the source`},
		{"pyproject.toml", "[build-system]\nrequires = []\nbackend-path = ['/usr/lib']\n", `pyproject.toml: backend-path "/usr/lib" leaves the source`},
	} {
		if _, err := readSystem(treeOf(t, c.name, c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

// A pyproject.toml may be a link within the tree. One that leads out is not followed: its
// target would be quoted in an error.
func TestReadSystemLinks(t *testing.T) {
	top := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret")
	for name, text := range map[string]string{secret: "hush hush", filepath.Join(top, "shared.toml"): "[build-system]\nrequires = ['flit_core']\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for folder, target := range map[string]string{"in": "../shared.toml", "absolute": secret, "up": "../../" + filepath.Base(filepath.Dir(secret)) + "/secret"} {
		if err := os.MkdirAll(filepath.Join(top, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(top, folder, "pyproject.toml")); err != nil {
			t.Fatal(err)
		}
		got, err := readSystem(tree{top, folder})
		if folder == "in" {
			if err != nil || len(got.requires) != 1 {
				t.Errorf("a link within the tree: %+v, %v", got, err)
			}
		} else if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %+v, %v", folder, got, err)
		}
	}
}
