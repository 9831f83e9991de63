package test

import (
	"archive/tar"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
	"github.com/tonistiigi/fsutil"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

// TestAgainstPoetry builds examples, and lets the real Poetry install the same lock
// on the same base image: the two virtual environments are equal, file by file, but
// for the named differences; and all that is in it imports. The packages come from
// PyPI.
func TestAgainstPoetry(t *testing.T) {
	seen := map[*difference]int{}
	for _, c := range []struct{ example, file, target, options string }{
		{"orders", "Dockerfile", "production", "--only main"},
		{"orders", "Dockerfile", "development", ""},
		{"src-layout", "pyproject.toml", "production", "--only main --extras pretty"},
	} {
		t.Run(c.example+"/"+c.target, func(t *testing.T) {
			dir := "../examples/" + c.example
			ref := registry(t) + "/test/" + c.example + "-" + c.target + ":latest"
			o := build(t, gateway, request{
				dir: dir, file: c.file, push: ref, secrets: machineCA(t),
				opts: map[string]string{"target": c.target, "build-arg:PYTHON_VERSION": poetryPython},
			})
			if o.err != nil {
				t.Fatalf("%v\n%s", o.err, o.log)
			}
			ours := map[string]*imageFile{}
			for name, f := range o.image.files {
				if strings.HasPrefix(name, "/opt/venv/") {
					ours[name] = f
				}
			}
			for d, n := range compare(t, poetryInstall(t, dir, c.options), ours) {
				seen[d] += n
			}
			imports(t, ref)
		})
	}
	for i, d := range differences {
		if seen[&differences[i]] == 0 && !t.Failed() {
			t.Errorf("%s does not differ any more: take it out of the table", d.name)
		}
	}
}

// poetryPython is the Python that both use.
const poetryPython = "3.13"

// poetryInstall is the virtual environment that the real Poetry makes.
func poetryInstall(t *testing.T, project, options string) map[string]*imageFile {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(project)); err != nil {
		t.Fatal(err)
	}
	addSource(t, dir)
	archive := filepath.Join(t.TempDir(), "venv.tar")
	log, err := dockerfile(t, "testdata/poetry/Dockerfile", map[string]string{"context": dir, "tools": "tools/poetry"},
		map[string]string{"PYTHON": poetryPython, "OPTIONS": options},
		client.ExportEntry{Type: client.ExporterTar, Output: func(map[string]string) (io.WriteCloser, error) { return os.Create(archive) }})
	if err != nil {
		t.Fatalf("poetry install: %v\n%s", err, log)
	}
	return readTree(t, archive, "/opt/venv/")
}

// addSource names PyPI's simple index as the source: without one Poetry asks PyPI's
// release API, which not every network serves. The lock stays; the content hash is
// that of the file with the source.
func addSource(t *testing.T, dir string) {
	t.Helper()
	edit := func(name string, with func(string) string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		text := with(string(data))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return text
	}
	toml := edit("pyproject.toml", func(s string) string {
		return s + "\n[[tool.poetry.source]]\nname = \"simple\"\nurl = \"https://pypi.org/simple/\"\npriority = \"primary\"\n"
	})
	root, err := source.ParseTOML(&source.File{Name: "pyproject.toml", Data: []byte(toml)})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := lockfile.ContentHash(root)
	if err != nil {
		t.Fatal(err)
	}
	edit("poetry.lock", func(s string) string {
		return regexp.MustCompile(`content-hash = "\w+"`).ReplaceAllString(s, `content-hash = "`+sum+`"`)
	})
}

// imports imports every top-level module in a container of the image.
func imports(t *testing.T, ref string) {
	t.Helper()
	log, err := dockerfile(t, "testdata/poetry/imports.Dockerfile", map[string]string{"context": "testdata/poetry"}, map[string]string{"IMAGE": ref})
	if err != nil {
		t.Errorf("%v\n%s", err, log)
	}
	t.Log(log)
}

// dockerfile builds an ordinary Dockerfile with the daemon's own frontend. Folders
// other than "context" are named contexts.
func dockerfile(t *testing.T, file string, folders, args map[string]string, exports ...client.ExportEntry) (log string, err error) {
	t.Helper()
	opt := client.SolveOpt{
		Frontend:      "dockerfile.v0",
		FrontendAttrs: map[string]string{"filename": filepath.Base(file)},
		LocalMounts:   map[string]fsutil.FS{"dockerfile": folder(t, filepath.Dir(file))},
		Session:       []session.Attachable{secretsprovider.FromMap(machineCA(t))},
		Exports:       exports,
	}
	for name, dir := range folders {
		opt.LocalMounts[name] = folder(t, dir)
		if name != "context" {
			opt.FrontendAttrs["context:"+name] = "local:" + name
		}
	}
	for name, value := range args {
		opt.FrontendAttrs["build-arg:"+name] = value
	}
	status := make(chan *client.SolveStatus)
	var wg sync.WaitGroup
	var p progress
	wg.Go(func() {
		for s := range status {
			p.add(s)
		}
	})
	_, err = daemon(t).Solve(t.Context(), nil, opt, status)
	wg.Wait()
	return p.text.String(), err
}

// machineCA are the certificates that this machine trusts beyond the public ones.
func machineCA(t *testing.T) map[string][]byte {
	t.Helper()
	name := os.Getenv("QUATRAIN_CA")
	if name == "" {
		return nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"ca": data}
}

// readTree reads the files of a plain archive below a folder.
func readTree(t *testing.T, archive, below string) map[string]*imageFile {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files := map[string]*imageFile{}
	r := tar.NewReader(f)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if name := filepath.Join("/", h.Name); strings.HasPrefix(name, below) {
			files[name] = &imageFile{h, data}
		}
	}
}
