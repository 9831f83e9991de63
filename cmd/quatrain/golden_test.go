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

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
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

// A step that runs code of packages, or of the project, has no secret and no folder that
// builds share, and a build has no network unless the project allows it one: in no graph
// of the golden files.
func TestPackageCodeHasNothing(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, name := range archives {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for vertex := range strings.SplitSeq(string(text), "\n[") {
			_, command, ok := strings.Cut(vertex, "\n    $ /.quatrain/helper ")
			if !ok {
				continue
			}
			kind, _, _ := strings.Cut(command, "\n")
			if kind != "build" && kind != "prepare" && kind != "test" {
				continue
			}
			found[kind]++
			title, _, _ := strings.Cut(vertex, "\n")
			offline := strings.Contains(vertex, "\n    network none\n")
			if allowed := strings.Contains(command, `"network":true`); kind == "build" && allowed {
				found["with a network"]++
			} else if kind != "test" && !offline {
				t.Errorf("%s: [%s has a network", name, title)
			}
			for line := range strings.Lines(command) {
				company := strings.Contains(line, "= secret ca ") // certificates of a step that has a network
				if strings.Contains(line, " = secret ") && (!company || offline) || strings.Contains(line, " = cache ") {
					t.Errorf("%s: [%s has %s", name, title, strings.TrimSpace(line))
				}
			}
		}
	}
	for _, kind := range []string{"build", "prepare", "test", "with a network"} {
		if found[kind] == 0 {
			t.Errorf("no golden file has a step %q: this looks at less than it says", kind)
		}
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
