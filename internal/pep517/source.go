package pep517

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/step"
)

// source is the folder to build in: the tree that is mounted, or an sdist unpacked
// below dir.
func source(s step.Build, dir string) (string, error) {
	info, err := os.Stat(s.Source)
	if err != nil {
		return "", err
	}
	tree := s.Source
	if !info.IsDir() {
		if s.SHA256 != "" {
			if err := step.Verify(s.Source, s.Package, s.SHA256); err != nil {
				return "", err
			}
		}
		if tree, err = unpack(s.Source, dir); err != nil {
			return "", problem(s, err.Error(), "")
		}
	}
	if s.Subdirectory == "" {
		return tree, nil
	}
	if !filepath.IsLocal(s.Subdirectory) {
		return "", problem(s, fmt.Sprintf("subdirectory %q leaves its source", s.Subdirectory), "")
	}
	tree = filepath.Join(tree, s.Subdirectory)
	if info, err := os.Stat(tree); err != nil || !info.IsDir() {
		return "", problem(s, fmt.Sprintf("there is no folder %s in its source", s.Subdirectory), "")
	}
	return tree, nil
}
