// Package pep508 parses names, requirements and markers, and evaluates markers in an
// environment.
//
// It follows poetry-core (version/markers.py), which differs from packaging.
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
