package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// frontendTree is a folder that looks like the frontend's image: the helper, built
// as the image's is, and the machine's plain certificates.
func frontendTree(t *testing.T) string {
	t.Helper()
	dir, err := buildTree()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var buildTree = sync.OnceValues(func() (string, error) {
	// In the ignored bin folder, not a temporary one: it is shared by all tests.
	dir, err := filepath.Abs("../bin/test-frontend")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=",
		"-o", filepath.Join(dir, "bin", "quatrain-helper"), "../cmd/quatrain-helper")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", err
	}
	return dir, writeBundle(filepath.Join(dir, "etc", "ssl", "certs", "ca-certificates.crt"))
})

// writeBundle puts the public authorities there and not the machine's own: what
// the image has.
func writeBundle(name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	files, err := filepath.Glob("/usr/share/ca-certificates/mozilla/*.crt")
	if err != nil {
		return err
	}
	var all []byte
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		all = append(all, data...)
	}
	return os.WriteFile(name, all, 0o644)
}
