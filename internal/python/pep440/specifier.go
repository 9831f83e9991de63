package pep440

import "strings"

// Specifier returns the constraint as PEP 440 writes it (">=1.2,<2.0"), for tools that do not
// know Poetry's operators. "" allows every version. ok is false for a union that no specifier
// can express.
func (c Constraint) Specifier() (text string, ok bool) {
	if out, ok := c.excluded(); ok {
		return "!=" + out.String(), true
	}
	if len(c.ranges) != 1 {
		return "", false
	}
	b := c.ranges[0]
	if b.isPoint() {
		return "==" + b.min.String(), true
	}
	var parts []string
	if b.min != nil {
		parts = append(parts, operator(">", b.includeMin)+withoutDev(*b.min).String())
	}
	if b.max != nil {
		parts = append(parts, operator("<", b.includeMax)+withoutDev(*b.max).String())
	}
	return strings.Join(parts, ","), true
}

// withoutDev drops the ".dev0" that bounds have so that pre-releases stay out: a
// specifier keeps them out by itself, and one that names a pre-release lets them in.
func withoutDev(v Version) Version {
	if v.dev == 0 {
		v.dev = -1
	}
	return v
}

func operator(op string, include bool) string {
	if include {
		return op + "="
	}
	return op
}
