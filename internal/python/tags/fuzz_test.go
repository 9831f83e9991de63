package tags

import (
	"strings"
	"testing"
)

// FuzzParseWheelName: parse, print, parse is the same.
func FuzzParseWheelName(f *testing.F) {
	f.Add("a_b-1.0-1x-cp311.py3-none-any.manylinux1_x86_64.whl")
	f.Add("a-b-1.0-PY3-none-any.whl")
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWheelName(s)
		if err != nil || len(s) > 1000 {
			return
		}
		parts := []string{w.Name, w.Version}
		if w.Build != "" {
			parts = append(parts, w.Build)
		}
		parts = append(parts, strings.Join(w.Python, "."), strings.Join(w.ABI, "."), strings.Join(w.Platform, "."))
		again, err := ParseWheelName(strings.Join(parts, "-") + ".whl")
		if err != nil || again.Name != w.Name || again.Version != w.Version || again.Build != w.Build {
			t.Errorf("%q is read as %+v, and that as %+v, %v", s, w, again, err)
		}
		w.BuildTag()
	})
}

// FuzzParseLibc: parse, print, parse is the same.
func FuzzParseLibc(f *testing.F) {
	f.Add("glibc-2.36")
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLibc(s)
		if err != nil {
			return
		}
		if again, err := ParseLibc(l.String()); err != nil || again != l {
			t.Errorf("%q prints as %q", s, l)
		}
	})
}
