package selection

import (
	"math/bits"
	"slices"
	"strings"
)

// node is a package with the extras that are asked of it. The zero node is the project.
type node struct{ name, extras string }

func nodeOf(name string, extras []string) node { return node{name, strings.Join(extras, ",")} }

func (n node) asked() []string {
	if n.extras == "" {
		return nil
	}
	return strings.Split(n.extras, ",")
}

// set is a set of the locked packages of one name: bit i is the i-th preferred.
type set uint64

// maxSame is how many packages of one name a set holds.
const maxSame = 64

func (s set) contains(o set) bool { return o&^s == 0 }
func (s set) first() int          { return bits.TrailingZeros64(uint64(s)) }

// term says that a node is selected with a package of the set, or, where it is not
// positive, that it is not: it may be missing (poetry/mixology/term.py, where sets are
// ranges of versions).
type term struct {
	node     node
	set      set
	positive bool
}

func (t term) not() term { t.positive = !t.positive; return t }

// relation is how what is known of a node stands to a term.
type relation int

const (
	overlapping relation = iota // it may hold or not
	subset                      // it holds
	disjoint                    // it does not
)

func (t term) relation(o term) relation {
	switch {
	case o.positive && t.positive && o.set.contains(t.set), // it can be nothing else
		!o.positive && t.positive && o.set&t.set == 0,
		!o.positive && !t.positive && t.set.contains(o.set):
		return subset
	case o.positive && t.positive && o.set&t.set == 0,
		o.positive && !t.positive && t.set.contains(o.set),
		!o.positive && t.positive && o.set.contains(t.set):
		return disjoint
	}
	return overlapping
}

// and returns what both terms say of their node, or false if they exclude each other.
func (t term) and(o term) (term, bool) {
	switch {
	case !t.positive && !o.positive:
		t.set |= o.set
		return t, true
	case t.positive && o.positive:
		t.set &= o.set
	case t.positive:
		t.set &^= o.set
	default:
		o.set &^= t.set
		t = o
	}
	return t, t.set != 0
}

// incompatibility is a list of terms that cannot all hold, at most one of a node
// (poetry/mixology/incompatibility.py).
type incompatibility struct {
	terms []term
	need  *need // of a dependency that is the reason
}

// newConflict returns what follows from two incompatibilities. The project's own term is
// always true, and terms of one node become one.
func newConflict(terms []term) *incompatibility {
	var all []term
	for _, t := range terms {
		if t.node == (node{}) && t.positive && len(terms) > 1 {
			continue
		}
		i := slices.IndexFunc(all, func(o term) bool { return o.node == t.node })
		if i < 0 {
			all = append(all, t)
		} else if both, possible := all[i].and(t); possible {
			all[i] = both
		}
	}
	return &incompatibility{terms: all}
}

// fails reports whether nothing can be done about it: it says that there is no solution.
func (i *incompatibility) fails() bool {
	return len(i.terms) == 0 || len(i.terms) == 1 && i.terms[0].node == (node{})
}
