package wheel

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
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
	return name, verify(name, w.SHA256)
}

func verify(name, want string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		base := filepath.Base(name)
		return &step.Problem{Kind: step.HashMismatch, Package: packageOf(base), File: base,
			Message: fmt.Sprintf("the file has the hash sha256:%s, the lock says sha256:%s", got, want),
			Hint:    "It is not the file that was locked: run `poetry lock` if it was meant to change."}
	}
	return nil
}
