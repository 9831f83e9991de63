package pep440

import "testing"

// FuzzVersion: parse, print, parse is the same; the order is one.
func FuzzVersion(f *testing.F) {
	f.Add("1.2.3", "1!2a3.post4.dev5+l.6")
	f.Add("v1.0-ALPHA_2", "1.0-1+A_b.01")
	f.Fuzz(func(t *testing.T, a, b string) {
		v, errV := ParseVersion(a)
		w, errW := ParseVersion(b)
		if errV != nil || errW != nil || len(a)+len(b) > 2000 {
			return
		}
		again, err := ParseVersion(v.String())
		if err != nil || again.Compare(v) != 0 || again.String() != v.String() {
			t.Errorf("%q prints as %q", a, v)
		}
		if v.Compare(w) != -w.Compare(v) {
			t.Errorf("%s and %s have no order", v, w)
		}
		if s := v.Stable(); s.IsPrerelease() || s.Compare(v) < 0 && len(v.local) == 0 {
			t.Errorf("%s is stable as %s", v, s)
		}
	})
}

// FuzzConstraint: constraints end, and know themselves.
func FuzzConstraint(f *testing.F) {
	for _, s := range []string{"^1.2", ">=1,<2 || ~3", "!=1.2.*, !=1.3", "1.2+x || <1.2+y", "<1 >2", "~=1.4|*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			return
		}
		for _, parse := range []func(string) (Constraint, error){ParseConstraint, ParseMarkerConstraint, ParseReleaseConstraint} {
			c, err := parse(s)
			if err != nil {
				continue
			}
			again, err := parse(c.String())
			if err != nil || len(again.Ranges()) != len(c.Ranges()) {
				t.Errorf("%q prints as %q: %v", s, c, err)
			}
			for _, r := range c.Ranges() {
				if r.Min != nil && r.IncludeMin && !c.Allows(*r.Min) {
					t.Errorf("%q does not allow %s, from which it starts", s, r.Min)
				}
			}
			c.AllowsAll(c)
			c.AllowsAny(c)
		}
	})
}
