package test

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What [tool.quatrain] selects of the context goes to the image, what .dockerignore
// leaves out does not, and modes are the same whatever the checkout's are: from a
// folder, from an archive behind an address, and from a folder of a bigger context.
func TestAppFiles(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		plain := selectingProject(t, ".")
		mono := selectingProject(t, "services/shop")
		for name, r := range map[string]request{
			"folder":                  {dir: plain},
			"project-dir in the stub": {dir: mono, file: "services/shop/own.Dockerfile"},
			"archive and folder":      {dir: mono, file: "services/shop/Dockerfile", opts: map[string]string{"build-arg:project-dir": "services/shop", "context": archiveServer(t, mono)}},
		} {
			t.Run(name, func(t *testing.T) {
				o := build(t, m, r)
				if o.err != nil {
					t.Fatalf("%v\n%s", o.err, o.log)
				}
				want := map[string]fs.FileMode{
					"/app/data/prices.csv":       0o644,
					"/app/shop/__init__.py":      0o644,
					"/app/shop/run.sh":           0o755,
					"/app/shop/tests/keep.py":    0o644,
					"/app/shop/templates/a.html": 0o644,
				}
				if diff := cmp.Diff(want, appFiles(o.image)); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

func appFiles(image *image) map[string]fs.FileMode {
	found := map[string]fs.FileMode{}
	for name, f := range image.files {
		if strings.HasPrefix(name, "/app/") && f.header.Typeflag == tar.TypeReg {
			found[name] = fs.FileMode(f.header.Mode).Perm()
		}
	}
	return found
}

// selectingProject writes a project that selects files into a folder of a context,
// with odd modes, and returns the context.
func selectingProject(t *testing.T, folder string) string {
	t.Helper()
	p := shop(t)
	p.toml = plainProject + "compile = false\ninclude = [\"shop\", \"/data/\"]\nexclude = [\"**/tests\", \"!shop/tests/keep.py\", \"!shop/private.key\"]\n"
	p.files = map[string]string{
		"README.md": "no", "data/prices.csv": "1", "shop/run.sh": "#!/bin/sh\n", "shop/templates/a.html": "",
		"shop/tests/keep.py": "", "shop/tests/test_shop.py": "", "shop/debug.log": "", "shop/private.key": "secret",
	}
	context := t.TempDir()
	p.dir = filepath.Join(context, folder)
	p.write(t)
	write := func(name, text string, mode fs.FileMode) {
		if err := os.WriteFile(filepath.Join(context, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	if folder != "." {
		write(folder+"/own.Dockerfile", "# syntax=quatrain/poetry:1\nproject-dir = \""+folder+"\"\n", 0o644)
	}
	write(".dockerignore", "**/*.log\n**/*.key\n", 0o644)
	for name, mode := range map[string]fs.FileMode{"shop/__init__.py": 0o600, "shop/run.sh": 0o700, "data/prices.csv": 0o666} {
		if err := os.Chmod(filepath.Join(p.dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	return context
}

// archiveServer serves a folder as a tar archive and returns its address.
func archiveServer(t *testing.T, dir string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	data := slices.Clone(b.Bytes())
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.Write(data) }))
	t.Cleanup(s.Close)
	return s.URL + "/context.tar"
}
