package pep440

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Constraint is a set of versions: the union of ranges. The zero Constraint
// allows nothing.
type Constraint struct {
	text   string
	ranges []bounds
	not    *Version // `!=` of a local version, which excludes that one only
}

// bounds is one range; nil is unbounded.
type bounds struct {
	min, max               *Version
	includeMin, includeMax bool
}

// ParseConstraint reads Poetry's notation (poetry-core, constraints/version/parser.py):
// ^ ~ ~= * == != < <= > >=, a bare version for ==, "," or space for and, "||" or
// "|" for or.
func ParseConstraint(s string) (Constraint, error) {
	c := Constraint{text: strings.TrimSpace(s)}
	if c.text == "" {
		return c, fmt.Errorf("an empty constraint")
	}
	for _, alternative := range orPattern.Split(c.text, -1) {
		ranges, err := c.parseAnd(alternative)
		if err != nil {
			return Constraint{}, err
		}
		c.ranges = append(c.ranges, ranges...)
	}
	return c, nil
}

var (
	orPattern  = regexp.MustCompile(`\s*\|\|?\s*`)
	onePattern = regexp.MustCompile(`^(\^|~=|~|===|==|!=|<>|<=|>=|<|>|=)?\s*(.+?)$`)
	// Spaces between an operator and its version do not separate.
	opSpace = regexp.MustCompile(`([\^~=!<>]=?)\s+`)
)

func (c *Constraint) parseAnd(s string) ([]bounds, error) {
	s = opSpace.ReplaceAllString(strings.TrimSpace(s), "$1")
	all := []bounds{{}}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
	if len(parts) == 0 {
		return nil, fmt.Errorf("an empty alternative in %q", c.text)
	}
	for _, part := range parts {
		one, err := c.parseOne(part)
		if err != nil {
			return nil, err
		}
		all = intersect(all, one)
	}
	return all, nil
}

func (c *Constraint) parseOne(s string) ([]bounds, error) {
	if s == "*" || s == "x" {
		return []bounds{{}}, nil
	}
	m := onePattern.FindStringSubmatch(s)
	if m == nil || m[1] == "===" {
		return nil, fmt.Errorf("%q is not a version constraint", s)
	}
	op, text := m[1], m[2]
	stem, wild := strings.CutSuffix(text, ".*")
	v, err := ParseVersion(stem)
	if err != nil {
		return nil, fmt.Errorf("%q is not a version constraint", s)
	}
	if wild {
		return wildcard(op, v, s)
	}
	switch op {
	case "^":
		return []bounds{upTo(v, nextBreaking(v))}, nil
	case "~":
		return []bounds{upTo(v, bump(v, min(1, len(v.release)-1)))}, nil
	case "~=":
		if len(v.release) < 2 {
			return nil, fmt.Errorf("%q needs two numbers at least", s)
		}
		return []bounds{upTo(v, bump(v, len(v.release)-2))}, nil
	case "", "=", "==":
		return []bounds{{min: &v, max: &v, includeMin: true, includeMax: true}}, nil
	case "!=", "<>":
		if len(v.local) > 0 && c.text == s {
			c.not = &v
		}
		return []bounds{{max: &v}, {min: &v}}, nil
	case "<":
		return []bounds{{max: &v}}, nil
	case "<=":
		return []bounds{{max: &v, includeMax: true}}, nil
	case ">":
		return []bounds{{min: &v}}, nil
	default:
		return []bounds{{min: &v, includeMin: true}}, nil
	}
}

func upTo(v, upper Version) bounds { return bounds{min: &v, max: &upper, includeMin: true} }

// wildcard is ==1.2.* and its opposite: every version that starts so, pre-releases too.
func wildcard(op string, v Version, s string) ([]bounds, error) {
	lower, upper := v.firstDev(), bump(v, len(v.release)-1).firstDev()
	switch op {
	case "", "=", "==", "~", "^", "~=":
		return []bounds{upTo(lower, upper)}, nil
	case "!=", "<>":
		return []bounds{{max: &lower}, {min: &upper, includeMin: true}}, nil
	case ">=":
		return []bounds{{min: &v, includeMin: true}}, nil
	case "<":
		return []bounds{{max: &v}}, nil
	case ">":
		return []bounds{{min: &upper, includeMin: true}}, nil
	case "<=":
		return []bounds{{max: &upper}}, nil
	}
	return nil, fmt.Errorf("%q is not a version constraint", s)
}

// bump counts the release's i-th number up and drops what follows.
func bump(v Version, i int) Version {
	release := slices.Clone(v.release[:i+1])
	release[i]++
	for len(release) < len(v.release) {
		release = append(release, 0)
	}
	return Version{epoch: v.epoch, release: release, post: -1, dev: -1}
}

// nextBreaking is ^'s upper bound: the first number that is not zero counts up.
func nextBreaking(v Version) Version {
	for i, n := range v.release {
		if n != 0 || i == len(v.release)-1 {
			return bump(v, i)
		}
	}
	return v
}

// Allows reports whether v is in the set.
func (c Constraint) Allows(v Version) bool {
	if c.not != nil {
		return c.not.Compare(v) != 0
	}
	return slices.ContainsFunc(c.ranges, func(b bounds) bool { return b.allows(v) })
}

// allows follows poetry-core's VersionRange.allows and Version.allows.
func (b bounds) allows(v Version) bool {
	if b.isSingle() {
		return b.min.Compare(like(*b.min, v)) == 0
	}
	if b.min != nil {
		w := v
		if b.min.post < 0 && w.post >= 0 {
			w = w.withoutPost()
		}
		d := like(*b.min, w).Compare(*b.min)
		if d < 0 || d == 0 && !b.includeMin {
			return false
		}
	}
	if b.max != nil {
		limit := b.upper()
		d := like(limit, v).Compare(limit)
		if d > 0 || d == 0 && !b.includeMax {
			return false
		}
	}
	return true
}

func (b bounds) isSingle() bool {
	return b.min != nil && b.max != nil && b.includeMin && b.includeMax && b.min.Compare(*b.max) == 0
}

// like drops v's local part where the bound has none: 1.2 stands for 1.2+cpu too.
func like(bound, v Version) Version {
	if len(bound.local) == 0 {
		return v.withoutLocal()
	}
	return v
}

// upper is the greatest version: an exclusive bound excludes its pre-releases,
// unless it is one.
func (b bounds) upper() Version {
	if b.includeMax || b.max.IsPrerelease() {
		return *b.max
	}
	return b.max.Stable().firstDev()
}

// AllowsAny reports whether some version is in both sets.
func (c Constraint) AllowsAny(other Constraint) bool {
	return len(intersect(c.ranges, other.ranges)) > 0
}

func intersect(a, b []bounds) []bounds {
	var all []bounds
	for _, x := range a {
		for _, y := range b {
			if z, ok := x.and(y); ok {
				all = append(all, z)
			}
		}
	}
	return all
}

func (b bounds) and(o bounds) (bounds, bool) {
	r := b
	if o.min != nil && (r.min == nil || o.min.Compare(*r.min) > 0 || o.min.Compare(*r.min) == 0 && !o.includeMin) {
		r.min, r.includeMin = o.min, o.includeMin
	}
	if o.max != nil && (r.max == nil || o.max.Compare(*r.max) < 0 || o.max.Compare(*r.max) == 0 && !o.includeMax) {
		r.max, r.includeMax = o.max, o.includeMax
	}
	if r.min == nil || r.max == nil {
		return r, true
	}
	d := r.min.Compare(r.upper())
	return r, d < 0 || d == 0 && r.includeMin && r.includeMax
}

// String is the constraint as it was written.
func (c Constraint) String() string { return c.text }
