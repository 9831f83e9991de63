package wheels

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/quatrain-build/quatrain/internal/helper/wheel"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Wheels that write the same paths, spread over trees that are merged in any
// order: with what the overlaps step lays over them, the result is the one of
// Poetry, one wheel after another.
func TestOverlaps(t *testing.T) {
	dir := t.TempDir()
	both := start(t, filepath.Join(t.TempDir(), "venv"))
	file := func(name string, entries ...entry) string {
		path := filepath.Join(dir, name+"-1-py3-none-any.whl")
		info := name + "-1.dist-info/"
		all := append(entries, entry{name: info + "WHEEL", text: good}, entry{name: info + "RECORD"})
		if err := os.WriteFile(path, pack(t, all), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a := file("a", entry{name: "ns/__init__.py", text: "a"}, entry{name: "LICENSE", text: "a", mode: 0o100755}, entry{name: "same"},
		entry{name: "a-1.dist-info/entry_points.txt", text: "[console_scripts]\nrun = a:b\nagain = a:b\n"})
	b := file("b", entry{name: "ns/__init__.py", text: "b"}, entry{name: "LICENSE", text: "b"}, entry{name: "same"},
		entry{name: "b-1.data/scripts/run", text: "#!python\nb"})
	c := file("c", entry{name: "ns/__init__.py", text: "c"}, entry{name: "c-1.data/data/bin/again", text: "c"})
	theirs := filepath.Join(dir, "poetry")
	if answer, err := both.poetry.install(theirs, a, b, c); err != nil || answer.Refused != "" {
		t.Fatal(answer, err)
	}
	for name, buckets := range map[string][][]string{
		"one": {{a, b, c}}, "in order": {{a}, {b, c}}, "backwards": {{c}, {b}, {a}}, "mixed": {{b}, {a, c}}, "mixed again": {{a, c}, {b}},
	} {
		ours := filepath.Join(dir, name)
		s := step.Settle{Python: both.poetry.python, Venv: both.poetry.venv, Out: filepath.Join(dir, name+" overlaps")}
		for i, wheels := range buckets {
			tree := filepath.Join(dir, name+" tree", string('0'+rune(i)))
			install(t, tree, both.poetry, wheels)
			merge(t, tree, ours)
			s.Trees = append(s.Trees, tree)
		}
		if err := wheel.RunSettle(s); err != nil {
			t.Fatal(err)
		}
		merge(t, filepath.Join(s.Out, "tree"), ours)
		both.differences(t, name, theirs, filepath.Join(ours, both.poetry.venv))
	}
}

func install(t *testing.T, out string, p *poetry, wheels []string) {
	t.Helper()
	into, err := wheel.NewTree(out, p.venv, p.python)
	if err != nil {
		t.Fatal(err)
	}
	defer into.Close()
	for _, w := range wheels {
		if _, err := wheel.Install(w, into, wheel.Options{Warnings: &bytes.Buffer{}}); err != nil {
			t.Fatal(err)
		}
	}
}

// merge lays a tree over another, as layers are.
func merge(t *testing.T, tree, over string) {
	t.Helper()
	if err := os.MkdirAll(over, 0o755); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command("cp", "-a", "--remove-destination", tree+"/.", over).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}
