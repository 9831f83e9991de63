package pep508

import (
	"fmt"
	"regexp"
	"strings"
)

// Requirement is a parsed PEP 508 requirement, its marker still text.
type Requirement struct {
	Name       string
	Extras     []string
	Constraint string // "" for any
	URL        string
	Marker     string
}

var requirementHead = regexp.MustCompile(`^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$`)

// ParseRequirement reads a requirement. The version may stand in parentheses and
// in Poetry's notation: legacy locks write "name (^1.2)".
func ParseRequirement(s string) (Requirement, error) {
	m := requirementHead.FindStringSubmatch(strings.ReplaceAll(s, "\n", " "))
	if m == nil {
		return Requirement{}, fmt.Errorf("it does not start with a name")
	}
	r := Requirement{Name: m[1]}
	for _, e := range strings.Split(m[2], ",") {
		if e = strings.TrimSpace(e); e != "" {
			r.Extras = append(r.Extras, e)
		}
	}
	rest := m[3]
	if url, ok := strings.CutPrefix(rest, "@"); ok {
		// A marker is separated from a URL by a space: ";" may be part of it.
		r.URL, r.Marker, _ = strings.Cut(strings.TrimSpace(url), " ;")
		r.URL = strings.TrimSpace(r.URL)
	} else {
		r.Constraint, r.Marker, _ = strings.Cut(rest, ";")
		r.Constraint = strings.TrimSpace(r.Constraint)
		if strings.HasPrefix(r.Constraint, "(") && strings.HasSuffix(r.Constraint, ")") {
			r.Constraint = strings.TrimSpace(r.Constraint[1 : len(r.Constraint)-1])
		}
	}
	r.Marker = strings.TrimSpace(r.Marker)
	if _, err := ParseMarker(r.Marker); err != nil {
		return Requirement{}, err
	}
	if r.Constraint != "" && !strings.ContainsAny(r.Constraint[:1], "<>=!~^*0123456789") {
		return Requirement{}, fmt.Errorf("%q is not a version constraint", r.Constraint)
	}
	return r, nil
}
