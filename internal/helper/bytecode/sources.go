package bytecode

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
)

// find returns the .py files to compile below root, as absolute paths without it,
// in a fixed order. Links are not followed, and installed packages' own tests
// are left out: no service imports them, and they are half of the work. Folders whose
// path is too long below root are omitted.
func find(root string) (sources []string, omitted []omission, err error) {
	root = filepath.Clean(root)
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel := strings.TrimPrefix(path, root)
		switch {
		case errors.Is(err, syscall.ENAMETOOLONG):
			omitted = append(omitted, omission{rel, "the path is too long"})
			return nil
		case err != nil:
			return err
		case d.IsDir() && skip(rel):
			return fs.SkipDir
		case d.Type().IsRegular() && strings.HasSuffix(rel, ".py"):
			sources = append(sources, rel)
		}
		return nil
	})
	return sources, omitted, err
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
