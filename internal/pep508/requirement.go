package pep508

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/pep440"
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

var extraName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

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
	url, direct := strings.CutPrefix(rest, "@")
	if direct {
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
	return r, r.check(direct)
}

// check reads the parts that are kept as text; direct: it has an "@".
func (r Requirement) check(direct bool) error {
	if r.Constraint != "" {
		if _, err := pep440.ParseConstraint(r.Constraint); err != nil {
			return err
		}
	}
	for _, e := range r.Extras {
		if !extraName.MatchString(e) {
			return fmt.Errorf("%q is not the name of an extra", e)
		}
	}
	if strings.ContainsAny(r.URL, " \t") || r.URL == "" && direct {
		return fmt.Errorf("%q is not a URL", r.URL)
	}
	_, err := ParseMarker(r.Marker)
	return err
}
