package lockfile

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// FuzzParse: a lock or errors with places; names are canonical, files are names of files.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{lock21, lock11, "[metadata]\nlock-version = \"2.0\"\n", "package = [1]\nmetadata.files = 3\nmetadata.lock-version = \"1\"\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10000 {
			return
		}
		lock, _, err := parse(text)
		if err != nil {
			if len(source.All(err)) == 0 {
				t.Errorf("an error without a place: %v", err)
			}
			return
		}
		for _, p := range lock.Packages {
			if p.Name != pep508.CanonicalName(p.Name) || p.At.IsZero() {
				t.Errorf("package %q at %v", p.Name, p.At)
			}
			for _, file := range p.Files {
				if strings.ContainsAny(file.Name, "/\\\x00\n") || file.Name == "" || file.Hash == "" {
					t.Errorf("file %q", file.Name)
				}
			}
		}
		root, _ := source.ParseTOML(lock.File)
		lock.Fresh(root)
	})
}

// FuzzContentHash: what is hashed is JSON, and says what the file says.
func FuzzContentHash(f *testing.F) {
	f.Add("[tool.poetry.dependencies]\na = {b = [1, 1.5, true, \"é\\u0001\"], c = -0x1f}\n")
	f.Add("[dependency-groups]\na = [\"x\", {include-group = \"😀\"}]\n[project]\nrequires-python = \">=3\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10000 {
			return
		}
		root, err := source.ParseTOML(&source.File{Name: "pyproject.toml", Data: []byte(text)})
		if err != nil {
			return
		}
		first, err := ContentHash(root)
		again, errAgain := ContentHash(root)
		if first != again || (err == nil) != (errAgain == nil) || err == nil && len(first) != 64 {
			t.Errorf("%q, then %q", first, again)
		}
		var b strings.Builder
		if err := writeJSON(&b, &source.Value{Kind: source.TableKind, Table: root}); err != nil {
			return
		}
		// Python writes NaN and Infinity, which are not JSON.
		if s := b.String(); !strings.Contains(s, "NaN") && !strings.Contains(s, "Infinity") && !json.Valid([]byte(s)) {
			t.Errorf("not JSON: %s", s)
		}
		if strings.IndexFunc(b.String(), func(r rune) bool { return r > '~' || r < ' ' }) >= 0 {
			t.Errorf("not ASCII: %q", b.String())
		}
	})
}
