// Package fixed sets fixed times and modes on trees that the helper writes, so that no layer
// depends on a clock or an umask.
package fixed

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Time is the modification time of everything that the helper writes: the first
// that a zip archive can hold.
var Time = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Tree sets the time of root and all below it, links themselves included, and
// the mode of folders to 0755. Files keep the mode that they were written with.
func Tree(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if err := os.Chmod(path, 0o755); err != nil {
				return err
			}
		}
		return SetTime(path)
	})
}
