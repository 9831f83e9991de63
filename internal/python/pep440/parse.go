package pep440

import (
	"fmt"
	"regexp"
	"strings"
)

// ParseConstraint reads Poetry's notation (poetry-core, constraints/version/parser.py):
// ^ ~ ~= * == != < <= > >=, a bare version for ==, "," or space for and, "||" or
// "|" for or. Errors: "", ===, and what is no version.
func ParseConstraint(s string) (Constraint, error) { return new(parser).parse(s) }

// ParseMarkerConstraint reads the constraint of a marker's comparison. There "<"
// does not exclude the pre-releases of its version.
func ParseMarkerConstraint(s string) (Constraint, error) { return (&parser{marker: true}).parse(s) }

// ParseReleaseConstraint parses a marker constraint on platform_release, which may be a
// kernel's version: "6.1.0-13-amd64".
func ParseReleaseConstraint(s string) (Constraint, error) {
	return (&parser{marker: true, release: true}).parse(s)
}

// ParseRelease reads a version, or a kernel's release as poetry-core does: what
// follows the numbers is a local part.
func ParseRelease(s string) (Version, error) {
	if v, err := ParseVersion(s); err == nil {
		return v, nil
	}
	m := releasePattern.FindStringSubmatch(s)
	if m == nil || m[1] != "" {
		return Version{}, fmt.Errorf("%q is not a release", s)
	}
	return kernel(m[2], m[3])
}

func kernel(numbers, build string) (Version, error) {
	v, err := ParseVersion(numbers)
	if build != "" {
		v.local = []string{build} // poetry-core compares it as it is written
	}
	return v, err
}

// What bounds the work that a hostile constraint makes: each clause meets what came before.
const (
	maxLength  = 10000
	maxClauses = 100 // of all alternatives
)

// parser reads one constraint; release includes marker.
type parser struct {
	marker, release bool
	clauses         int
}

var (
	orPattern       = regexp.MustCompile(`\s*\|\|?\s*`)
	anyPattern      = regexp.MustCompile(`^(?i)v?[x*](\.[x*])*$`)
	basicPattern    = regexp.MustCompile(`^(\^|~=|~|<>|!=|>=?|<=?|==?)?\s*([^\s<>=!~^].*?)(\.\*)?$`)
	wildcardPattern = regexp.MustCompile(`^(!=|==)?\s*v?(\d+(?:\.\d+){0,2})(?:\.\*)+$`)
	// openEnd is a version that takes a dot behind it for its own: 1.2rc.1 is 1.2rc1.
	openEnd        = regexp.MustCompile(`(?i)^[^+]*\d[^+]*[a-z]$`)
	releasePattern = regexp.MustCompile(`^(<>|!=|>=?|<=?|==?)?\s*(\d+(?:\.\d+)*)(?:[+-]?([0-9A-Za-z+-]+(?:\.[0-9A-Za-z+-]+)*))?$`)
)

func (p *parser) parse(s string) (Constraint, error) {
	if len(s) > maxLength {
		return Constraint{}, fmt.Errorf("a constraint of %d bytes is too long", len(s))
	}
	c := Constraint{text: strings.TrimSpace(s)}
	var all []bounds
	alternatives := orPattern.Split(c.text, -1)
	for _, alternative := range alternatives {
		ranges, err := p.and(alternative)
		if err != nil {
			return Constraint{}, err
		}
		all = append(all, ranges...)
	}
	c.ranges = all
	if len(alternatives) > 1 {
		c.ranges = union(all)
	}
	return c, nil
}

func (p *parser) and(s string) ([]bounds, error) {
	var all []bounds
	for i, part := range splitAnd(strings.TrimRight(strings.TrimRight(s, ","), " \t\n\r")) {
		if p.clauses++; p.clauses > maxClauses {
			return nil, fmt.Errorf("a constraint has more than %d clauses", maxClauses)
		}
		one, err := p.one(part)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			all = one
		} else {
			all = intersect(all, one)
		}
	}
	return all, nil
}

// splitAnd splits at commas and spaces, as poetry-core's expression does, which
// looks around: not behind an operator, not before or behind a dash, not at the end.
func splitAnd(s string) []string {
	var parts []string
	from := 0
	for i := 1; i < len(s); i++ {
		if strings.IndexByte("^~=>< ,", s[i-1]) >= 0 {
			continue
		}
		if end := separator(s, i); end > 0 {
			parts = append(parts, s[from:i])
			from, i = end, end
		}
	}
	return append(parts, s[from:])
}

// separator returns the end of the separator that starts at i, or 0 if there is none.
func separator(s string, i int) int {
	for j := i + spaces(s[i:]); j >= i; j-- {
		if j >= len(s) || s[j] != ',' && s[j] != ' ' || s[j-1] == '-' || j+1 < len(s) && s[j+1] == '-' {
			continue
		}
		for k := j + 1 + spaces(s[j+1:]); k > j; k-- {
			if k < len(s) && s[k] != ',' {
				return k
			}
		}
	}
	return 0
}

func spaces(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

func (p *parser) one(s string) ([]bounds, error) {
	if anyPattern.MatchString(s) {
		return []bounds{{}}, nil
	}
	if m := wildcardPattern.FindStringSubmatch(s); m != nil {
		v, err := ParseVersion(m[2])
		return p.wildcard(v, m[1] == "!="), err
	}
	if m := basicPattern.FindStringSubmatch(s); m != nil {
		text, wild := m[2], m[3] != ""
		if wild && openEnd.MatchString(text) {
			return nil, fmt.Errorf("%q is not a version constraint", s)
		}
		if text == "dev" {
			text = "0.0-dev"
		}
		bounded := m[1] == "^" || strings.HasPrefix(m[1], "~")
		// The pattern of a version has no room for spaces.
		v, err := ParseVersion(text)
		if err == nil && strings.TrimSpace(text) == text && !(wild && bounded) {
			return p.compared(m[1], v, wild), nil
		}
	}
	if m := releasePattern.FindStringSubmatch(s); p.release && m != nil {
		v, err := kernel(m[2], m[3])
		return p.compared(m[1], v, false), err
	}
	return nil, fmt.Errorf("%q is not a version constraint", s)
}

func (p *parser) compared(op string, v Version, wild bool) []bounds {
	switch op {
	case "^":
		return p.from(v, nextBreaking(v))
	case "~":
		return p.from(v, nextTilde(v.Stable()))
	case "~=":
		return p.from(v, nextCompatible(v.Stable()))
	case "<":
		limit := p.strictMax(v)
		return []bounds{{max: &limit}}
	case "<=":
		return []bounds{{max: &v, includeMax: true}}
	case ">":
		return []bounds{{min: &v}}
	case ">=":
		return []bounds{{min: &v, includeMin: true}}
	}
	switch {
	case wild:
		return p.wildcard(v, op == "!=")
	case op == "!=":
		return []bounds{{max: &v}, {min: &v}}
	}
	return []bounds{point(v)} // <> too: poetry-core has no meaning for it
}

func (p *parser) from(v, limit Version) []bounds {
	limit = p.strictMax(limit)
	return []bounds{{min: &v, includeMin: true, max: &limit}}
}

// strictMax returns the bound of "<", which also excludes the pre-releases of a stable
// version.
func (p *parser) strictMax(v Version) Version {
	if p.marker || v.IsPrerelease() {
		return v
	}
	return v.firstDev()
}

// wildcard returns every version that starts as v does, including pre-releases, or all
// others.
func (p *parser) wildcard(v Version, not bool) []bounds {
	next := nextOfKind(v)
	if !p.marker {
		v = v.firstDev()
		if next.dev < 0 {
			next = next.firstDev()
		}
	}
	if not {
		return []bounds{{max: &v}, {min: &next, includeMin: true}}
	}
	return []bounds{{min: &v, includeMin: true, max: &next}}
}
