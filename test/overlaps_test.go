package test

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// Of two packages that write one file the last in the alphabet wins, as with Poetry,
// whatever layers they are in; its byte code is what runs, and the user is told.
func TestOverlaps(t *testing.T) {
	named := func(name, text string, size int) pindex.Wheel {
		return pindex.Wheel{Name: name, Version: "1.0", Files: map[string]string{
			"shared/__init__.py": "who = '" + text + "'\n",
			name + "/data.txt":   incompressible(size),
		}}
	}
	eachMode(t, func(t *testing.T, m mode) {
		// The first is in a bucket whose layer comes after the others'.
		first, last := named("aaa", "aaa", 10), named("zzz", "zzz", 2<<20)
		x := newIndex(t, first, last)
		p := (&project{index: x, locks: []locked{{wheel: first}, {wheel: last}}}).write(t)
		o := build(t, m, request{dir: p.dir})
		if o.err != nil {
			t.Fatalf("%v\n%s", o.err, o.log)
		}
		if f := o.image.files[site+"shared/__init__.py"]; !strings.Contains(string(f.data), "zzz") {
			t.Errorf("the file is %q", f.data)
		}
		if f := o.image.files[site+"shared/__pycache__/__init__.cpython-311.pyc"]; !strings.Contains(string(f.data), "zzz") {
			t.Error("the byte code is another file's")
		}
		if !strings.Contains(o.log, "aaa, zzz all write "+site+"shared/__init__.py") {
			t.Errorf("no warning in:\n%s", o.log)
		}
		if o := build(t, m, request{dir: p.dir}); o.err != nil || len(o.ran) > 0 {
			t.Errorf("%v: the second build ran %q", o.err, o.ran)
		}
	})
}

// incompressible is text that no archive makes smaller, the same always.
func incompressible(size int) string {
	b := make([]byte, size)
	state := uint32(1)
	for i := range b {
		state = state*1664525 + 1013904223
		b[i] = '!' + byte(state>>24)%90
	}
	return string(b)
}
