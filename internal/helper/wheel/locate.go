package wheel

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/step"
)

// locate returns the file of a wheel that a step names: a path below step.Wheels, or a
// folder with one wheel in it, which was built there and whose name only its build
// knew. It verifies a file that nobody has verified yet.
func locate(w step.Wheel) (file string, built bool, err error) {
	name := w.Path
	if !filepath.IsAbs(name) {
		name = filepath.Join(step.Wheels, name)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		found, err := filepath.Glob(filepath.Join(name, "*.whl"))
		if err != nil || len(found) != 1 {
			return "", true, fmt.Errorf("%d wheels in %s, want one", len(found), name)
		}
		return found[0], true, nil
	}
	if w.SHA256 == "" {
		return name, false, nil
	}
	return name, false, step.Verify(name, packageOf(filepath.Base(name)), w.SHA256)
}
