package apt

import (
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

// notOurs are not of the image: the builder lends them to a step.
var notOurs = []string{".quatrain", "etc/hosts", "etc/resolv.conf"}

// settle gives what the installation has written a fixed time: dpkg's own files and the
// folders that it put files into. What a package brings has the package's time.
func (i installer) settle(since time.Time) error {
	var device uint64
	return filepath.WalkDir(i.root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if rel, _ := filepath.Rel(i.root, name); slices.Contains(notOurs, rel) {
			return skip(d)
		}
		// Of files overlayfs may tell another device than of their folder.
		if st, ok := info.Sys().(*syscall.Stat_t); ok && d.IsDir() {
			if name == i.root {
				device = uint64(st.Dev)
			} else if uint64(st.Dev) != device {
				return fs.SkipDir // /proc and its like
			}
		}
		if info.ModTime().Before(since) {
			return nil
		}
		return fixed.SetTime(name)
	})
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}
