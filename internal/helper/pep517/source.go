package pep517

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/step"
)

// origin is what a wheel is made of.
type origin struct {
	subject
	path         string // a tree, or an sdist
	sha256       string // of an sdist that nobody has verified yet; else ""
	subdirectory string // of the tree
}

// open returns the folder to build in: the tree itself, or the sdist unpacked below dir.
func (o origin) open(dir string) (tree, error) {
	info, err := os.Stat(o.path)
	if err != nil {
		return tree{}, err
	}
	t := tree{top: o.path, below: "."}
	if !info.IsDir() {
		if o.sha256 != "" {
			if err := step.Verify(o.path, o.name, o.sha256); err != nil {
				return tree{}, err
			}
		}
		if t.top, err = unpack(o.path, dir); err != nil {
			return tree{}, o.problem(err.Error(), "")
		}
	}
	if o.subdirectory != "" {
		if !filepath.IsLocal(o.subdirectory) {
			return tree{}, o.problem(fmt.Sprintf("subdirectory %q leaves its source", o.subdirectory), "")
		}
		t.below = filepath.Clean(o.subdirectory)
	}
	return t, nil
}

// tree is a source's files, and the folder among them that is built.
type tree struct{ top, below string }

func (t tree) dir() string { return filepath.Join(t.top, t.below) }

// read reads a file of the folder that is built. It may be a link, but no link leads out
// of the tree: what is read here may be quoted in an error.
func (t tree) read(name string) ([]byte, error) {
	root, err := os.OpenRoot(t.top)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.ReadFile(filepath.Join(t.below, name))
}

// isBuildable reports whether there is something to build by.
func (t tree) isBuildable() bool { return t.has("pyproject.toml") || t.has("setup.py") }

// has reports whether there is such a file, or folder.
func (t tree) has(name string) bool {
	root, err := os.OpenRoot(t.top)
	if err != nil {
		return false
	}
	defer root.Close()
	_, err = root.Stat(filepath.Join(t.below, name))
	return err == nil
}
