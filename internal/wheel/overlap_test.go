package wheel

import (
	"encoding/json"
	"errors"
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

func TestOverlapsRefuse(t *testing.T) {
	s := trees(t, []string{wheelOf(t, "a", f{"x/y/z", "", 0})}, []string{wheelOf(t, "b", f{"x", "", 0})})
	p := step.Problems(RunOverlaps(look(s)))
	if len(p) != 1 || p[0].Package != "b" || p[0].Message != "lib/python3.12/site-packages/x is a file of it and a folder of a" {
		t.Errorf("%+v", p)
	}
}
