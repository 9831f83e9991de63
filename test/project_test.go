package test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

// wheel is a wheel that a test makes.
type wheel struct {
	name, version, tag string // tag: "py3-none-any" by default
	files              map[string]string
	scripts            string // entry_points.txt
}

func (w wheel) file() string {
	tag := w.tag
	if tag == "" {
		tag = "py3-none-any"
	}
	return fmt.Sprintf("%s-%s-%s.whl", strings.ReplaceAll(w.name, "-", "_"), w.version, tag)
}

func (w wheel) bytes(t *testing.T) []byte {
	t.Helper()
	info := fmt.Sprintf("%s-%s.dist-info/", strings.ReplaceAll(w.name, "-", "_"), w.version)
	files := map[string]string{
		info + "METADATA": fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n", w.name, w.version),
		info + "WHEEL":    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
	}
	if w.scripts != "" {
		files[info+"entry_points.txt"] = w.scripts
	}
	maps.Copy(files, w.files)
	var record strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&record, "%s,,\n", name)
	}
	files[info+"RECORD"] = record.String() + info + "RECORD,,\n"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// index is a package index on loopback, as PEP 691.
type index struct {
	*httptest.Server
	mu    sync.Mutex
	files map[string][]byte // file name → bytes
	asked []string          // paths, in order
	fail  map[string]int    // path → how often to answer 503 first; -1: always
}

func newIndex(t *testing.T, wheels ...wheel) *index {
	t.Helper()
	x := &index{files: map[string][]byte{}, fail: map[string]int{}}
	for _, w := range wheels {
		x.files[w.file()] = w.bytes(t)
	}
	x.Server = httptest.NewServer(http.HandlerFunc(x.serve))
	t.Cleanup(x.Close)
	return x
}

func (x *index) serve(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	x.asked = append(x.asked, r.URL.Path)
	fails := x.fail[r.URL.Path]
	if fails > 0 {
		x.fail[r.URL.Path]--
	}
	x.mu.Unlock()
	if fails != 0 {
		http.Error(w, "the test wants it so", http.StatusServiceUnavailable)
		return
	}
	if name, ok := strings.CutPrefix(r.URL.Path, "/files/"); ok {
		data, ok := x.files[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Write(data)
		return
	}
	x.page(w, path.Base(r.URL.Path))
}

func (x *index) page(w http.ResponseWriter, name string) {
	type file struct {
		Filename string            `json:"filename"`
		URL      string            `json:"url"`
		Hashes   map[string]string `json:"hashes"`
		Size     int               `json:"size"`
	}
	files := []file{}
	for _, f := range slices.Sorted(maps.Keys(x.files)) {
		if strings.HasPrefix(f, strings.ReplaceAll(name, "-", "_")+"-") {
			files = append(files, file{f, "../../files/" + f, map[string]string{"sha256": hash(x.files[f])}, len(x.files[f])})
		}
	}
	w.Header().Set("Content-Type", "application/vnd.pypi.simple.v1+json")
	json.NewEncoder(w).Encode(map[string]any{"name": name, "files": files})
}

// requests counts what was asked since the last call.
func (x *index) requests() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := len(x.asked)
	x.asked = nil
	return n
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// project is a Poetry project that a test writes.
type project struct {
	dir   string
	index *index
	toml  string // pyproject.toml, without the source
	locks []locked
	files map[string]string // further files
}

// locked is an entry of the lock.
type locked struct {
	wheel  wheel
	group  string // "main" by default
	marker string
	hash   string // another than the file's own
}

const plainProject = `[project]
name = "shop"
version = "1.0.0"
requires-python = ">=3.11,<3.14"

[project.scripts]
shop = "shop:main"

[tool.poetry.group.dev.dependencies]
devtool = "*"

[tool.quatrain]
python = "3.11"
`

// write writes the project with its lock, fresh.
func (p *project) write(t *testing.T) *project {
	t.Helper()
	if p.dir == "" {
		p.dir = t.TempDir()
	}
	if p.toml == "" {
		p.toml = plainProject
	}
	toml := p.toml
	if p.index != nil {
		toml += "\n[[tool.poetry.source]]\nname = \"local\"\nurl = \"" + p.index.URL + "/simple/\"\n"
	}
	files := map[string]string{
		"pyproject.toml":   toml,
		"poetry.lock":      p.lock(t, toml),
		"Dockerfile":       "# syntax=quatrain/poetry:1\n",
		"shop/__init__.py": "def main():\n    print('open')\n",
	}
	maps.Copy(files, p.files)
	for name, data := range files {
		full := filepath.Join(p.dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if data == absent {
			os.Remove(full)
			continue
		}
		if err := os.WriteFile(full, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// absent stands for a file that is not to be there.
const absent = "\x00absent"

func (p *project) lock(t *testing.T, toml string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# This file is automatically @generated by Poetry 2.5.1 and should not be changed by hand.\n")
	for _, l := range p.locks {
		group, sum := l.group, l.hash
		if group == "" {
			group = "main"
		}
		if sum == "" {
			sum = hash(l.wheel.bytes(t))
		}
		fmt.Fprintf(&b, "\n[[package]]\nname = %q\nversion = %q\ndescription = \"\"\noptional = false\npython-versions = \">=3.8\"\ngroups = [%q]\n", l.wheel.name, l.wheel.version, group)
		if l.marker != "" {
			fmt.Fprintf(&b, "markers = %q\n", l.marker)
		}
		fmt.Fprintf(&b, "files = [\n    {file = %q, hash = \"sha256:%s\"},\n]\n", l.wheel.file(), sum)
		fmt.Fprintf(&b, "\n[package.source]\ntype = \"legacy\"\nurl = \"%s/simple\"\nreference = \"local\"\n", p.index.URL)
	}
	root, err := source.ParseTOML(&source.File{Name: "pyproject.toml", Data: []byte(toml)})
	sum := "0"
	if err == nil {
		if sum, err = lockfile.ContentHash(root); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprintf(&b, "\n[metadata]\nlock-version = \"2.1\"\npython-versions = \">=3.11,<3.14\"\ncontent-hash = %q\n", sum)
	return b.String()
}
