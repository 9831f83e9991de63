package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

// uv.lock has the versions of poetry.lock.
func TestSameVersions(t *testing.T) {
	name := "../examples/orders/poetry.lock"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lock, _, err := lockfile.Parse(&source.File{Name: name, Data: data})
	if err != nil {
		t.Fatal(err)
	}
	locked := map[string]bool{"orders 1.0.0": true}
	for _, p := range lock.Packages {
		locked[p.Name+" "+p.Version.Value] = true
	}
	uv, err := peers.ReadFile("peers/uv.lock")
	if err != nil {
		t.Fatal(err)
	}
	root, err := source.ParseTOML(&source.File{Name: "uv.lock", Data: uv})
	if err != nil {
		t.Fatal(err)
	}
	r := &source.Reader{}
	packages := r.Tables(root.Get("package"))
	for _, p := range packages {
		if v := r.String(p.Get("name")) + " " + r.String(p.Get("version")); !locked[v] {
			t.Errorf("poetry.lock has no %s", v)
		}
	}
	if len(packages) < 50 || len(r.Errs) > 0 {
		t.Errorf("%d packages, %v", len(packages), r.Errs)
	}
}

// Every change changes each side's files, and the Dockerfiles get what a setup needs.
func TestSides(t *testing.T) {
	for _, s := range sides {
		for _, setup := range []setup{{bytecode: true, ca: "ca.pem"}, {}} {
			dir := filepath.Join(t.TempDir(), "orders")
			if err := os.CopyFS(dir, os.DirFS("../examples/orders")); err != nil {
				t.Fatal(err)
			}
			if err := s.prepare(dir, setup); err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
			file, err := os.ReadFile(filepath.Join(dir, "Dockerfile"))
			if err != nil {
				t.Fatal(err)
			}
			text := string(file)
			off := strings.Contains(text, "compile = false") || strings.Contains(text, "UV_COMPILE_BYTECODE=0") || s.name == "poetry" && !strings.Contains(text, "--compile")
			if off == setup.bytecode {
				t.Errorf("%s, byte code %t:\n%s", s.name, setup.bytecode, text)
			}
			if s.name != "quatrain" && strings.Contains(text, "id=ca") == (setup.ca == "") {
				t.Errorf("%s with certificates %q:\n%s", s.name, setup.ca, text)
			}
			for _, change := range []func(string) error{s.bumpVersion, s.bumpDependency} {
				if err := change(dir); err != nil {
					t.Errorf("%s: %v", s.name, err)
				}
			}
		}
	}
}

// What is reported of made up results, twice the same.
func TestReport(t *testing.T) {
	results, root := t.TempDir(), t.TempDir()
	docs := filepath.Join(root, "docs")
	if err := os.Mkdir(docs, 0o755); err != nil {
		t.Fatal(err)
	}
	lines := []string{`{"machine":{"cpu":"Slow","cores":2,"memory_gb":4,"kernel":"6.1","commit":"abc"}}`}
	for _, side := range []string{`"quatrain","seconds":5,"size":10,"starts":[1,2,9]`, `"uv","seconds":9,"size":11,"starts":[3]`, `"uv","seconds":11,"size":11`, `"poetry","seconds":20`} {
		lines = append(lines, `{"case":"cold","compression":"gzip","bytecode":true,"side":`+side+`}`)
	}
	lines = append(lines, `{"case":"base","compression":"gzip","bytecode":true,"side":"quatrain","seconds":1,"ran":["[fetch] a","[compile small 1] a"]}`)
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(results, "2.jsonl"), strings.Join(lines, "\n")+"\n")
	write(filepath.Join(results, "1.jsonl"), `{"machine":{"cpu":"Slow","cores":1,"memory_gb":4,"kernel":"6.1","commit":"abd"}}
{"case":"cold","compression":"gzip","bytecode":true,"side":"quatrain","seconds":500}
`)
	// Another machine, used last, but not for a cold build.
	write(filepath.Join(results, "3.jsonl"), `{"machine":{"cpu":"Quick","cores":4,"memory_gb":4,"kernel":"6.1","commit":"abe"}}
{"case":"arm64","compression":"gzip","bytecode":true,"side":"quatrain","seconds":7}
`)
	name := filepath.Join(docs, "benchmarks.md")
	write(name, "# Before\n"+beginBlock+"\nstale tables\n"+endBlock+"\nafter\n")
	readme := filepath.Join(root, "README.md")
	write(readme, beginBlock+endBlock)
	var before []byte
	for range 2 {
		if err := writeReport(results, root); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if before != nil && !bytes.Equal(before, text) {
			t.Error("the second report differs")
		}
		before = text
	}
	text := string(before)
	for _, want := range []string{"# Before\n", "\nafter\n", "on 2 cores of Slow, 4 GB, Linux 6.1 and machine 2, 1 cores of Slow, 4 GB, Linux 6.1 and machine 3, 4 cores of Quick, 4 GB, Linux 6.1;",
		"### Gzip, byte code on\n", "### Gzip, byte code on, machine 2\n", "### Gzip, byte code on, machine 3\n", "| cold | 1 | 5.00 (5.00–5.00) | 10.0 (9.00–11.0) | 20.0 (20.0–20.0) | 2.00 | 4.00 |",
		"| cold, as fast as uv | ≥ 2 × | 2.00 × | yes |", "| start of the service | ≤ uv's 3.00 s | 2.00 s | yes |", "steps that fetch or unpack wheels | 0 | 1 | **no** |"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "size of the image |"); n != 3 { // two machines have cold builds, and one of them a bar
		t.Errorf("the size of an image stands there %d times", n)
	}
	if strings.Contains(text, "stale tables") {
		t.Error("the old tables are still there")
	}
	if text, err := os.ReadFile(readme); err != nil || !strings.Contains(string(text), "| cold | 5.00 | 10.0 | 20.0 |") {
		t.Errorf("%v\n%s", err, text)
	}
	if svg, err := os.ReadFile(filepath.Join(docs, "benchmarks.svg")); err != nil || !strings.HasPrefix(string(svg), "<svg ") {
		t.Errorf("%v\n%s", err, svg)
	}
}
