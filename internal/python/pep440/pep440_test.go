package pep440

import "testing"

func version(t *testing.T, s string) Version {
	t.Helper()
	v, err := ParseVersion(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOrder(t *testing.T) {
	ordered := []string{"1.dev0", "1a1.dev1", "1a1", "1b2", "1rc1", "1", "1+abc", "1+1", "1.post0.dev1", "1.post1", "1.1", "2", "1!0.5"}
	for i := range ordered {
		for j := range ordered {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := version(t, ordered[i]).Compare(version(t, ordered[j])); got != want {
				t.Errorf("Compare(%s, %s) = %d, want %d", ordered[i], ordered[j], got, want)
			}
		}
	}
}

func TestString(t *testing.T) {
	for s, want := range map[string]string{"v1.0-ALPHA.2": "1.0a2", "1.0-1": "1.0.post1", "2.0c1": "2.0rc1", "1.0.DEV": "1.0.dev0", "1+A_b-1": "1+a.b.1"} {
		if got := version(t, s).String(); got != want {
			t.Errorf("%s = %s, want %s", s, got, want)
		}
	}
}

// Poetry's answers: poetry-core 2, parse_constraint(c).allows(Version.parse(v)).
func TestAllows(t *testing.T) {
	for _, c := range []struct {
		constraint string
		yes, no    []string
	}{
		{"^1.2.3", []string{"1.2.3", "1.9"}, []string{"1.2.2", "2.0.0", "2.0.0a1"}},
		{"^0.2.3", []string{"0.2.9"}, []string{"0.3.0"}},
		{"^0.0.3", []string{"0.0.3"}, []string{"0.0.4"}},
		{"^0.0", []string{"0.0.9"}, []string{"0.1"}},
		{"^0", []string{"0.9"}, []string{"1"}},
		{"~1.2.3", []string{"1.2.9"}, []string{"1.3"}},
		{"~1", []string{"1.9"}, []string{"2"}},
		{"~=1.4", []string{"1.4", "1.9"}, []string{"2.0", "1.3"}},
		{"1.2.*", []string{"1.2", "1.2.5", "1.2.0a1"}, []string{"1.3", "1.1"}},
		{"*", []string{"0", "9"}, nil},
		{">=3.9,<3.13 || >=3.14", []string{"3.9", "3.12.4", "3.14"}, []string{"3.13.1", "3.8"}},
		{">=3.9 <3.10", []string{"3.9.1"}, []string{"3.10"}},
		{"<1.2", []string{"1.1"}, []string{"1.2rc1", "1.2"}},
		{"==1.2", []string{"1.2", "1.2.0", "1.2+cpu"}, []string{"1.2.1"}},
		{"<=1.2", []string{"1.2+cpu"}, []string{"1.2.post1"}},
		{"1.2+cpu", []string{"1.2+cpu"}, []string{"1.2"}},
		{">1.2", []string{"1.3"}, []string{"1.2.post1", "1.2", "1.2+x"}},
		{"!=1.2", []string{"1.3", "1.1"}, []string{"1.2"}},
		{"!=1.2.*", []string{"1.3", "1.1"}, []string{"1.2.5"}},
	} {
		parsed, err := ParseConstraint(c.constraint)
		if err != nil {
			t.Errorf("%s: %v", c.constraint, err)
			continue
		}
		for _, v := range c.yes {
			if !parsed.Allows(version(t, v)) {
				t.Errorf("%s must allow %s", c.constraint, v)
			}
		}
		for _, v := range c.no {
			if parsed.Allows(version(t, v)) {
				t.Errorf("%s must not allow %s", c.constraint, v)
			}
		}
	}
	for _, bad := range []string{"", "===1.2", "1.2.x", "spam", ">=", "||"} {
		if _, err := ParseConstraint(bad); err == nil {
			t.Errorf("%q must be an error", bad)
		}
	}
}

func TestAllowsAny(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{">=3.11,<3.14", "3.13.*", true}, {">=3.11,<3.14", "3.14.*", false}, {"^3.9", "3.9.*", true}, {">=3.11.4", "3.11.*", true}, {"<3.9", "3.9.*", false}} {
		a, _ := ParseConstraint(c.a)
		b, _ := ParseConstraint(c.b)
		if got := a.AllowsAny(b); got != c.want {
			t.Errorf("%s and %s: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
