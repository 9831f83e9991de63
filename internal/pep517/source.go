package pep517

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
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
		if err := verify(s); err != nil {
			return "", err
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

// verify holds an sdist that came from the build context against the lock.
func verify(s step.Build) error {
	if s.SHA256 == "" {
		return nil
	}
	f, err := os.Open(s.Source)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != s.SHA256 {
		return &step.Problem{
			Kind: step.HashMismatch, Package: s.Package, File: filepath.Base(s.Source),
			Message: fmt.Sprintf("the file has the hash sha256:%s, the lock says sha256:%s", got, s.SHA256),
			Hint:    "It is not the file that was locked: run `poetry lock` if it was meant to change.",
		}
	}
	return nil
}
