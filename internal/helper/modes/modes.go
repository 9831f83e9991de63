// Package modes sets the modes that files have in an image.
package modes

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Run runs the modes step: it applies "u=rwX,go=rX" to everything below Out. Links have no
// mode.
func Run(s step.Modes) error {
	return filepath.WalkDir(s.Out, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Type() == fs.ModeSymlink {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.Chmod(name, of(info.Mode()))
	})
}

// of returns the new mode. X is the right to execute: folders get it, and files that anyone
// may execute.
func of(m fs.FileMode) fs.FileMode {
	if m.IsDir() || m&0o111 != 0 {
		return 0o755
	}
	return 0o644
}
