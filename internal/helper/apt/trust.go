package apt

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/step"
)

// systemBundle is where Debian keeps the authorities that it trusts.
const systemBundle = "etc/ssl/certs/ca-certificates.crt"

// trust returns the options that make apt trust a company's certificates as well, and a
// function that removes the file that they name. Without such certificates it returns no
// options.
func (i installer) trust() (options []string, remove func(), err error) {
	nothing := func() {}
	company, err := i.companyCertificates()
	if err != nil || len(company) == 0 {
		return nil, nothing, err
	}
	// A slim image has no bundle of its own: the frontend's stands in.
	bundle, err := readFirst(filepath.Join(i.root, systemBundle), filepath.Join(i.root, step.Bundle))
	if err != nil {
		return nil, nothing, err
	}
	dir, err := os.MkdirTemp("", "quatrain-apt-")
	if err != nil {
		return nil, nothing, err
	}
	remove = func() { os.RemoveAll(dir) }
	file := filepath.Join(dir, "ca.crt")
	text := bytes.Join(append([][]byte{bundle}, company...), []byte("\n"))
	// apt downloads as the user _apt, who has to read it.
	if err := errors.Join(os.WriteFile(file, text, 0o644), os.Chmod(file, 0o644), os.Chmod(dir, 0o755)); err != nil {
		remove()
		return nil, nothing, err
	}
	return []string{"-o", "Acquire::https::CAInfo=" + file}, remove, nil
}

// companyCertificates returns the certificates of the secret and of the build context's
// files.
func (i installer) companyCertificates() ([][]byte, error) {
	files, err := filepath.Glob(filepath.Join(i.root, step.CADir, "*"))
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for _, f := range append([]string{filepath.Join(i.root, step.CA)}, files...) {
		info, err := os.Stat(f)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		// A key or a stray file in the folder would make apt refuse the whole bundle.
		if bytes.Contains(text, []byte("BEGIN CERTIFICATE")) || bytes.Contains(text, []byte("BEGIN TRUSTED CERTIFICATE")) {
			all = append(all, text)
		}
	}
	return all, nil
}

// readFirst returns the contents of the first file that exists, or nothing.
func readFirst(names ...string) ([]byte, error) {
	for _, n := range names {
		text, err := os.ReadFile(n)
		if !errors.Is(err, fs.ErrNotExist) {
			return text, err
		}
	}
	return nil, nil
}
