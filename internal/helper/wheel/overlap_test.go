package wheel

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/step"
)

// wheelOf is a wheel of another name than demo.
func wheelOf(t *testing.T, name string, entries ...f) string {
	t.Helper()
	info := name + "-1.dist-info/"
	return makeWheel(t, name+"-1-py3-none-any.whl", append(entries, f{info + "WHEEL", wheelFile, 0}, f{info + "RECORD", "", 0}))
}

// trees installs each list of wheels into a tree of its own.
func trees(t *testing.T, buckets ...[]string) step.Settle {
	t.Helper()
	s := step.Settle{Python: "3.12", Venv: "/opt/venv", Out: filepath.Join(t.TempDir(), "out")}
	for _, wheels := range buckets {
		root, _, err := installInto(t, s.Venv, "", wheels...)
		if err != nil {
			t.Fatal(err)
		}
		s.Trees = append(s.Trees, strings.TrimSuffix(root, s.Venv))
	}
	return s
}

// look is the step before, which has the RECORDs alone: they are in trees as well.
func look(s step.Settle) step.Overlaps {
	return step.Overlaps{Python: s.Python, Venv: s.Venv, Records: s.Trees, Out: s.Out + "-looked"}
}

func overlapsIn(t *testing.T, out string) []step.Overlap {
	t.Helper()
	var got step.OverlapList
	text, _ := os.ReadFile(filepath.Join(out, "overlaps.json"))
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	return got.Overlaps
}

func TestOverlaps(t *testing.T) {
	a := wheelOf(t, "A.a", f{"ns/__init__.py", "a", 0}, f{"same", "", 0}, f{"a-1.data/x", "", 0}, f{"LICENSE", "a", 0o100755},
		f{"A.a-1.dist-info/entry_points.txt", "[console_scripts]\nrun = a:b\n", 0})
	b := wheelOf(t, "b", f{"ns/__init__.py", "b", 0}, f{"same", "", 0}, f{"b-1.data/data/lib64/python3.12/site-packages/LICENSE", "b", 0})
	c := wheelOf(t, "c", f{"c-1.data/scripts/run", "c", 0}, f{"c-1.data/data/share/x", "", 0})
	const lib = "/opt/venv/lib/python3.12/site-packages/"
	overlaps := func(settled ...string) []step.Overlap {
		all := []step.Overlap{
			{Path: "/opt/venv/bin/run", Packages: []string{"a-a", "c"}},
			{Path: lib + "LICENSE", Packages: []string{"a-a", "b"}},
			{Path: lib + "ns/__init__.py", Packages: []string{"a-a", "b"}},
		}
		for i, o := range all {
			all[i].Settled = slices.Contains(settled, filepath.Base(o.Path))
		}
		return all
	}
	files := map[string]string{"bin/run": "755 c", site + "LICENSE": "755 b", site + "ns/__init__.py": "644 b"}
	for name, c := range map[string]struct {
		s    step.Settle
		want []step.Overlap
	}{
		"one tree":               {trees(t, []string{a, b, c}), overlaps()},
		"in order":               {trees(t, []string{a}, []string{b}, []string{c}), overlaps("LICENSE", "run")},
		"in the opposite order":  {trees(t, []string{c}, []string{b}, []string{a}), overlaps("run", "LICENSE", "__init__.py")},
		"one tree in the middle": {trees(t, []string{c}, nil, []string{a, b}), overlaps("run")},
		"one only":               {trees(t, []string{b}), []step.Overlap{}},
	} {
		looked := look(c.s)
		if err := errors.Join(RunOverlaps(looked), RunSettle(c.s)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, overlapsIn(t, c.s.Out)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		unsettled := slices.Clone(c.want)
		for i := range unsettled {
			unsettled[i].Settled = false
		}
		if diff := cmp.Diff(unsettled, overlapsIn(t, looked.Out)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		want := map[string]string{}
		for _, o := range c.want {
			if p := strings.TrimPrefix(o.Path, "/opt/venv/"); o.Settled {
				want[p] = files[p]
			}
		}
		if diff := cmp.Diff(want, list(t, filepath.Join(c.s.Out, "tree"+strings.Repeat(c.s.Venv, min(1, len(want)))))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// plant makes a tree of files by their paths in site-packages, whatever RECORDs say.
func plant(t *testing.T, files map[string]string) string {
	t.Helper()
	tree := t.TempDir()
	for name, text := range files {
		p := filepath.Join(tree, "opt/venv", site, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o755), os.WriteFile(p, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

// A RECORD that lists what is not the package's, or nothing at all, counts for what
// there is only.
func TestOverlapsOfOddRecords(t *testing.T) {
	const lib = "/opt/venv/" + site
	good := plant(t, map[string]string{"good.py": "1", "own.py": "1", "good-1.dist-info/RECORD": "good.py,sha256=a,1\nown.py,sha256=a,1\n"})
	for name, c := range map[string]struct {
		record string
		want   []step.Overlap
	}{
		"above":              {"../../../../../../x,sha256=a,1\n../../../../../../x,sha256=b,1\n", []step.Overlap{}},
		"the root":           {"/etc/passwd,sha256=a,1\n/etc/passwd,sha256=b,1\n", []step.Overlap{}},
		"the environment":    {"../../..,sha256=a,1\n../../..,sha256=b,1\n", []step.Overlap{}},
		"the place above it": {"../../../..,sha256=a,1\n../../../..,sha256=b,1\n", []step.Overlap{}},
		"empty":              {",sha256=a,1\n,sha256=b,1\n", []step.Overlap{}},
		"of another":         {"good.py,sha256=AAAA,1\n", []step.Overlap{}},
		"twice":              {"gone.py,sha256=a,1\ngone.py,sha256=b,1\n", []step.Overlap{}},
		"NUL":                {"a\x00b,sha256=a,1\na\x00b,sha256=b,1\n", []step.Overlap{}},
		"a line separator":   {"a\u2028good.py,sha256=b,1\n", []step.Overlap{}},
		"a very long name":   {strings.Repeat("n", 5000) + ",sha256=a,1\n", []step.Overlap{}},
		"an open quote":      {"\n\"", []step.Overlap{}},
		"its own":            {"own.py,sha256=b,1\n", []step.Overlap{{Path: lib + "own.py", Packages: []string{"good", "zz"}, Settled: false}}},
	} {
		s := step.Settle{Python: "3.12", Venv: "/opt/venv", Out: filepath.Join(t.TempDir(), "out"),
			Trees: []string{good, plant(t, map[string]string{"own.py": "2", "zz-9.dist-info/RECORD": c.record})}}
		if err := errors.Join(RunOverlaps(look(s)), RunSettle(s)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, overlapsIn(t, s.Out)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := list(t, filepath.Join(s.Out, "tree")); len(got) > 0 {
			t.Errorf("%s: wrote %v", name, got)
		}
	}
}

// Two builds of one thing overlap in thousands of files: the list stays short, and one
// that was settled is in it.
func TestManyOverlaps(t *testing.T) {
	files := func(text string) (all []f) {
		for i := range maxOverlaps + 10 {
			all = append(all, f{fmt.Sprintf("x/%05d", i), text, 0})
		}
		return all
	}
	zz := f{"zz", "a", 0}
	a, b := wheelOf(t, "a", append(files("a"), zz)...), wheelOf(t, "b", files("b")...)
	s := trees(t, []string{wheelOf(t, "c", f{"zz", "c", 0})}, []string{a, b})
	if err := RunSettle(s); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(s.Out, "overlaps.json"))
	var got step.OverlapList
	if err = errors.Join(err, json.Unmarshal(text, &got)); err != nil {
		t.Fatal(err)
	}
	last := got.Overlaps[len(got.Overlaps)-1]
	if len(got.Overlaps) != maxOverlaps || got.More != 11 || filepath.Base(last.Path) != "zz" || !last.Settled {
		t.Errorf("%d, %d more, the last is %+v", len(got.Overlaps), got.More, last)
	}
}

// A file of one package that is a folder of another is named once, and not more than
// some of them are.
func TestManyClashes(t *testing.T) {
	var in, of []f
	for i := range 100 {
		in = append(in, f{fmt.Sprintf("x%d/y", i), "", 0}, f{fmt.Sprintf("x%d/z", i), "", 0})
		of = append(of, f{fmt.Sprintf("x%d", i), "", 0})
	}
	s := trees(t, []string{wheelOf(t, "a", in...)}, []string{wheelOf(t, "b", of...)})
	if p := step.Problems(RunOverlaps(look(s))); len(p) != maxProblems {
		t.Errorf("%d problems", len(p))
	}
}

// Whatever RECORDs say, the steps end, and write below their Out only.
func FuzzSettle(f *testing.F) {
	f.Add("x.py,sha256=a,1\n../../../bin/x,sha256=b,1\n", "x.py,sha256=c,1\n")
	f.Add("../../../../../../x,sha256=a,1\n", "../../../../../../x,sha256=b,1\n")
	f.Add("x.py/y,sha256=a,1\n/x,sha256=b,1\n", "\"x.py\n,sha256=c,1\n")
	f.Fuzz(func(t *testing.T, first, second string) {
		around := t.TempDir()
		s := step.Settle{Python: "3.12", Venv: "/opt/venv", Out: filepath.Join(around, "out")}
		for i, record := range []string{first, second} {
			s.Trees = append(s.Trees, plant(t, map[string]string{"x.py": strings.Repeat("1", i), fmt.Sprintf("p%d-1.dist-info/RECORD", i): record}))
		}
		for _, err := range []error{RunOverlaps(look(s)), RunSettle(s)} {
			if err != nil && step.KindOf(err) != step.BadWheel {
				t.Error(err)
			}
		}
		for name := range list(t, around) {
			if base := filepath.Base(name); base != "overlaps.json" && name != "out/tree/opt/venv/"+site+"x.py" {
				t.Errorf("wrote %q", name)
			}
		}
	})
}

func TestOverlapsRefuse(t *testing.T) {
	s := trees(t, []string{wheelOf(t, "a", f{"x/y/z", "", 0})}, []string{wheelOf(t, "b", f{"x", "", 0})})
	p := step.Problems(RunOverlaps(look(s)))
	if len(p) != 1 || p[0].Package != "b" || p[0].Message != "lib/python3.12/site-packages/x is a file of it and a folder of a" {
		t.Errorf("%+v", p)
	}
}

// FuzzSettleOrder holds merged trees against an installation in Poetry's order: whatever
// the trees and whichever packages are in them, the last in the alphabet wins each file.
func FuzzSettleOrder(fuzz *testing.F) {
	fuzz.Add([]byte{0, 1, 2, 0x3f, 0x15, 0x2a})
	fuzz.Add([]byte{2, 1, 0, 0x3f, 0x15, 0x2a})
	fuzz.Add([]byte{1, 1, 0, 0x11, 0x22, 0x33})
	fuzz.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 6 {
			return
		}
		// Each package is in a tree, and has a file of one of three contents, or none, at
		// each of three paths.
		paths := []string{"x.py", "ns/y.py", "ns/z"}
		var buckets [3][]string
		want := map[string]string{}
		for i, name := range []string{"a", "b", "c"} {
			var files []f
			for j, path := range paths {
				if content := data[3+i] >> (2 * j) & 3; content > 0 {
					text := fmt.Sprint(content)
					files = append(files, f{path, text, 0})
					want[site+path] = "644 " + text
				}
			}
			tree := data[i] % 3
			buckets[tree] = append(buckets[tree], wheelOf(t, name, files...))
		}
		s := trees(t, buckets[:]...)
		if err := errors.Join(RunOverlaps(look(s)), RunSettle(s)); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, tree := range append(slices.Clone(s.Trees), filepath.Join(s.Out, "tree")) {
			if _, err := os.Stat(tree + s.Venv); err != nil {
				continue // nothing had to be settled, or nothing is in the tree
			}
			for name, file := range list(t, tree+s.Venv) {
				if slices.Contains(paths, strings.TrimPrefix(name, site)) {
					got[name] = file
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v: %s", data, diff)
		}
	})
}
