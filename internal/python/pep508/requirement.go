package pep508

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
)

// Requirement is a parsed PEP 508 requirement, its marker still text.
type Requirement struct {
	Name       string
	Extras     []string
	Constraint string // "" for any
	URL        string
	Marker     string
}

var (
	requirementHead = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*(.*)$`)
	extraName       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	versionClause   = regexp.MustCompile(`^(?:~=|==|!=|<=|>=|<|>)\s*[^,;\s)]*$`)
	legacyPattern   = regexp.MustCompile(`^(.+?)(?:\[(.+?)\])?(?:\s+\((.+)\))?$`)
)

// ParseRequirement reads a requirement as poetry-core does (version/requirements.py):
// the version may stand in parentheses, what follows " #" is a comment up to " ;".
// Errors: what the grammar does not have, a version that nothing satisfies.
func ParseRequirement(s string) (Requirement, error) {
	m := requirementHead.FindStringSubmatch(strings.TrimSpace(withoutComment(s)))
	if m == nil {
		return Requirement{}, fmt.Errorf("it does not start with a name")
	}
	r := Requirement{Name: m[1]}
	if extras := strings.TrimSpace(m[2]); extras != "" {
		r.Extras = trimmed(strings.Split(extras, ","))
	}
	url, direct := strings.CutPrefix(m[3], "@")
	if direct {
		// A marker is separated from a URL by a space: ";" may be part of it.
		r.URL, r.Marker, _ = strings.Cut(strings.TrimSpace(url), " ;")
		r.URL = strings.TrimSpace(r.URL)
	} else {
		r.Constraint, r.Marker, _ = strings.Cut(m[3], ";")
		r.Constraint = strings.TrimSpace(r.Constraint)
		if strings.HasPrefix(r.Constraint, "(") && strings.HasSuffix(r.Constraint, ")") {
			r.Constraint = strings.TrimSpace(r.Constraint[1 : len(r.Constraint)-1])
			if r.Constraint == "" {
				return r, fmt.Errorf("the parentheses are empty")
			}
		}
	}
	if _, marked, _ := strings.Cut(m[3], ";"); !direct && marked == "" && strings.HasSuffix(m[3], ";") {
		return r, fmt.Errorf("a marker is missing")
	}
	r.Marker = strings.TrimSpace(r.Marker)
	return r, r.check(direct)
}

// ParseLegacyRequirement reads a requirement of a lock: what is none, old locks
// wrote as "name[extra] (constraint)" in Poetry's notation (locker.py,
// _get_locked_package).
func ParseLegacyRequirement(s string) (Requirement, error) {
	r, err := ParseRequirement(s)
	if err == nil {
		return r, nil
	}
	m := legacyPattern.FindStringSubmatch(s)
	if m == nil {
		return Requirement{}, err
	}
	r = Requirement{Name: m[1], Constraint: m[3]}
	if m[2] != "" {
		r.Extras = trimmed(strings.Split(m[2], ","))
	}
	if r.Constraint == "" {
		return r, nil
	}
	_, err = pep440.ParseConstraint(r.Constraint)
	return r, err
}

func withoutComment(s string) string {
	requirement, comment, _ := strings.Cut(s, " #")
	if _, marker, ok := strings.Cut(comment, " ;"); ok {
		requirement += " ;" + marker
	}
	return requirement
}

func trimmed(all []string) []string {
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// check reads the parts that are kept as text; direct: it has an "@".
func (r Requirement) check(direct bool) error {
	if r.Constraint != "" {
		if err := checkVersions(r.Constraint); err != nil {
			return err
		}
	}
	for _, e := range r.Extras {
		if !extraName.MatchString(e) {
			return fmt.Errorf("%q is not the name of an extra", e)
		}
	}
	if strings.ContainsAny(r.URL, " \t") || direct && (r.URL == "" || r.URL[0] == '#' || r.URL[0] == '?') {
		return fmt.Errorf("%q is not a URL", r.URL)
	}
	_, err := ParseMarker(r.Marker)
	return err
}

func checkVersions(constraint string) error {
	for _, clause := range trimmed(strings.Split(constraint, ",")) {
		if !versionClause.MatchString(clause) {
			return fmt.Errorf("%q is not a version specifier", clause)
		}
	}
	c, err := pep440.ParseConstraint(constraint)
	if err == nil && c.Empty() {
		err = fmt.Errorf("no version satisfies %q", constraint)
	}
	return err
}
