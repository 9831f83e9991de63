package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

var update = flag.Bool("update", false, "write what the commands print into the golden files")

// Each archive in testdata holds a project's files, or the path of an example in
// its comment, and commands with what they print: a file named "quatrain llb
// --target x". A review sees what a change does to plans and graphs.
// `go test ./cmd/quatrain -update` writes them anew.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir := example(archive)
			if dir == "" {
				dir = unpack(t, archive)
			}
			for i, f := range archive.Files {
				command, ok := strings.CutPrefix(f.Name, "quatrain ")
				if !ok {
					continue
				}
				got := output(command, dir)
				if *update {
					archive.Files[i].Data = got
					continue
				}
				if diff := cmp.Diff(strings.Split(string(f.Data), "\n"), strings.Split(string(got), "\n")); diff != "" {
					t.Errorf("%s (-want +got; -update writes it):\n%s", f.Name, diff)
				}
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// example is the folder that a comment names on its last line: "dir: ../../examples/x".
func example(a *txtar.Archive) string {
	lines := strings.Split(strings.TrimSpace(string(a.Comment)), "\n")
	dir, _ := strings.CutPrefix(lines[len(lines)-1], "dir: ")
	if dir == lines[len(lines)-1] {
		return ""
	}
	return dir
}

// unpack writes the project's files. {content-hash} in a lock stands for the right one.
func unpack(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	hash := ""
	for _, f := range a.Files {
		if strings.HasPrefix(f.Name, "quatrain ") {
			continue
		}
		if filepath.Base(f.Name) == "pyproject.toml" {
			hash = contentHash(t, f)
		}
		full := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		data := bytes.ReplaceAll(f.Data, []byte("{content-hash}"), []byte(hash))
		if err := os.WriteFile(full, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func contentHash(t *testing.T, f txtar.File) string {
	t.Helper()
	root, err := source.ParseTOML(&source.File{Name: f.Name, Data: f.Data})
	if err != nil {
		return "" // the command says it
	}
	hash, err := lockfile.ContentHash(root)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// output is what a command line prints, errors last.
func output(command, dir string) []byte {
	var out, errOut bytes.Buffer
	run(append(strings.Fields(command), dir), &out, &errOut)
	return append(out.Bytes(), errOut.Bytes()...)
}
