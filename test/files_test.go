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

// What a working copy has of secrets and of tools' leftovers is not in the image: from a
// folder and from an archive behind an address, and below project-dir. A folder that is
// called env is, if it is no virtual environment; and so is what the project takes back.
func TestLeftOut(t *testing.T) {
	files := map[string]string{
		".env": "A=1", ".env.local": "A=1", "shop/.env": "A=1", "conf/server.key": "k", "id_rsa": "k", ".netrc": "k", ".aws/credentials": "k", ".npmrc": "k",
		"node_modules/x/index.js": "", ".tox/x": "", ".coverage": "", "htmlcov/index.html": "", ".idea/x.xml": "", "shop/.DS_Store": "", ".terraform/x": "",
		"venv/pyvenv.cfg": "home = /usr/bin\n", "venv/lib/python3.11/site-packages/x.py": "",
		".env.example": "A=", "conf/cacert.pem": "c", "env/__init__.py": "", "tests/tls.key": "k",
	}
	want := map[string]fs.FileMode{
		"/app/.env.example": 0o644, "/app/conf/cacert.pem": 0o644, "/app/env/__init__.py": 0o644, "/app/tests/tls.key": 0o644,
		"/app/pyproject.toml": 0o644, "/app/shop/__init__.py": 0o644,
	}
	eachMode(t, func(t *testing.T, m mode) {
		plain, mono := leavingOut(t, files, "."), leavingOut(t, files, "services/shop")
		for name, r := range map[string]request{
			"folder":      {dir: plain},
			"archive":     {dir: plain, file: "Dockerfile", opts: map[string]string{"context": archiveServer(t, plain)}},
			"project-dir": {dir: mono, file: "services/shop/Dockerfile", opts: map[string]string{"build-arg:project-dir": "services/shop"}},
		} {
			t.Run(name, func(t *testing.T) {
				o := build(t, m, r)
				if o.err != nil {
					t.Fatalf("%s\n%s", printed(o.err), o.log)
				}
				found := appFiles(o.image)
				delete(found, "/app/Dockerfile")
				if diff := cmp.Diff(want, found); diff != "" {
					t.Error(diff)
				}
				if warning := "tests/tls.key looks like a secret"; strings.Count(o.log, warning) != 1 {
					t.Errorf("no %q in:\n%s", warning, o.log)
				}
			})
		}
	})
}

// leavingOut writes a project with more files into a folder of a context.
func leavingOut(t *testing.T, files map[string]string, folder string) string {
	t.Helper()
	p := shop(t)
	p.toml = plainProject + "compile = false\nexclude = [\"!tests/tls.key\"]\n"
	p.files = files
	context := t.TempDir()
	p.dir = filepath.Join(context, folder)
	p.write(t)
	return context
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
