package bytecode

import (
	"io/fs"
	"path/filepath"
	"strings"
)

// Sources are the .py files to compile below root, as absolute paths without it,
// in a fixed order. Links are not followed, and installed packages' own tests
// are left out: no service imports them, and they are half of the work.
func Sources(root string) ([]string, error) {
	root = filepath.Clean(root)
	var sources []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := strings.TrimPrefix(path, root)
		switch {
		case d.IsDir() && skip(rel):
			return fs.SkipDir
		case d.Type().IsRegular() && strings.HasSuffix(rel, ".py"):
			sources = append(sources, rel)
		}
		return nil
	})
	return sources, err
}

func skip(dir string) bool {
	switch filepath.Base(dir) {
	case "__pycache__":
		return true
	case "test", "tests":
		return strings.Contains(dir, "/site-packages/")
	}
	return false
}
