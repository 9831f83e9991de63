// Package pep508 has names, requirements, markers and the environment that
// markers are evaluated in, with the semantics of poetry-core (version/markers.py),
// which differ from packaging's.
package pep508

import "strings"

// CanonicalName returns a project name in the form that PEP 503 compares: lower case, with
// one dash for each run of ".", "-" and "_".
func CanonicalName(name string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(strings.TrimSpace(name)) {
		if r == '-' || r == '_' || r == '.' {
			dash = true
			continue
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteRune(r)
	}
	if dash {
		b.WriteByte('-')
	}
	return b.String()
}
