package wheel

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/step"
)

// given is the file of a wheel as the step names it: a path below step.Wheels, or a
// folder with one wheel in it, whose name only its build knew. A file that nobody
// has verified yet is.
func given(w step.Wheel) (string, error) {
	name := w.Path
	if !filepath.IsAbs(name) {
		name = filepath.Join(step.Wheels, name)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		found, err := filepath.Glob(filepath.Join(name, "*.whl"))
		if err != nil || len(found) != 1 {
			return "", fmt.Errorf("%d wheels in %s, want one", len(found), name)
		}
		return found[0], nil
	}
	if w.SHA256 == "" {
		return name, nil
	}
	return name, step.Verify(name, packageOf(filepath.Base(name)), w.SHA256)
}
