package modes

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
)

func TestRun(t *testing.T) {
	out := t.TempDir()
	files := map[string]struct{ before, after fs.FileMode }{
		"private": {0o600, 0o644},
		"open":    {0o666, 0o644},
		"program": {0o700, 0o755},
		"group's": {0o610, 0o755},
		"setuid":  {0o755 | fs.ModeSetuid, 0o755},
	}
	folder := filepath.Join(out, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, modes := range files {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, modes.before); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nowhere", filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	if err := Run(step.Modes{Out: out}); err != nil {
		t.Fatal(err)
	}
	for name, modes := range files {
		if got := mode(t, filepath.Join(folder, name)); got != modes.after {
			t.Errorf("%s: %v, want %v", name, got, modes.after)
		}
	}
	if got := mode(t, folder); got != fs.ModeDir|0o755 {
		t.Errorf("the folder: %v", got)
	}
}

func mode(t *testing.T, name string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}
