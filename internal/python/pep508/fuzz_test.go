package pep508

import (
	"strings"
	"testing"
)

var fuzzEnvironments = []Environment{
	LinuxEnvironment("3.11.9", "x86_64"),
	NewEnvironment("3.14.0rc2", "win32", "AMD64").WithExtras([]string{"x"}),
	{Values: map[string]string{"platform_release": "6.1.0-13-amd64"}},
}

// FuzzParseMarker: parse, print, parse holds at the same places.
func FuzzParseMarker(f *testing.F) {
	for _, s := range []string{`python_version >= "3.9" and (os_name == 'nt' or extra != "x")`, `"el7" in platform_release or python_version in "3.8, 3.9"`, `sys_platform == "linux|darwin"`, "<empty>", "((os.name=='x'))"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1000 {
			return
		}
		m, err := ParseMarker(s)
		if err != nil {
			return
		}
		again, err := ParseMarker(printed(m.root))
		if err != nil {
			t.Fatalf("%q prints as %q: %v", s, printed(m.root), err)
		}
		for _, e := range fuzzEnvironments {
			if m.Evaluate(e) != again.Evaluate(e) {
				t.Errorf("%q prints as %q", s, printed(m.root))
			}
		}
		if len(s) < 200 {
			m.Possible(NewWork())
		}
	})
}

// printed writes a marker with every parenthesis.
func printed(n node) string {
	join := func(all []node, glue string) string {
		var parts []string
		for _, c := range all {
			parts = append(parts, printed(c))
		}
		return "(" + strings.Join(parts, glue) + ")"
	}
	switch n := n.(type) {
	case andNode:
		return join(n, " and ")
	case orNode:
		return join(n, " or ")
	case comparison:
		quote := `"`
		if strings.Contains(n.value, quote) {
			quote = "'"
		}
		if n.reversed {
			return quote + n.value + quote + " " + n.op + " " + n.variable
		}
		return n.variable + " " + n.op + " " + quote + n.value + quote
	case never:
		return "<empty>"
	}
	return ""
}

// FuzzParseRequirement: parse, print, parse is the same.
func FuzzParseRequirement(f *testing.F) {
	for _, s := range []string{`Celery[redis, sqs] (>=5.4,<6) ; python_version < "3.14"`, "x @ https://example.org/x.whl ; os_name == 'nt'", "a (^1.2)", "a>=1 # comment ;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1000 {
			return
		}
		r, err := ParseRequirement(s)
		if _, errLegacy := ParseLegacyRequirement(s); err == nil && errLegacy != nil {
			t.Errorf("%q is not read as a legacy requirement: %v", s, errLegacy)
		}
		if err != nil {
			return
		}
		text := r.Name + "[" + strings.Join(r.Extras, ",") + "]"
		switch {
		case r.URL != "":
			text += " @ " + r.URL
		case r.Constraint != "":
			text += " (" + r.Constraint + ")"
		}
		if r.Marker != "" {
			text += " ; " + r.Marker
		}
		again, err := ParseRequirement(text)
		if err != nil || again.Name != r.Name || again.Constraint != r.Constraint || again.URL != r.URL || len(again.Extras) != len(r.Extras) {
			t.Errorf("%q prints as %q: %+v, %v", s, text, again, err)
		}
	})
}

// FuzzCanonicalName: canonical names are their own.
func FuzzCanonicalName(f *testing.F) {
	f.Add("Jaraco._-Text")
	f.Fuzz(func(t *testing.T, s string) {
		if n := CanonicalName(s); CanonicalName(n) != n {
			t.Errorf("%q is %q, and that is %q", s, n, CanonicalName(n))
		}
	})
}
