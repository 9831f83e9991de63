package pep508

import (
	"slices"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
)

// Marker is a parsed environment marker. The zero Marker holds always.
type Marker struct{ root node }

type node interface{ holds(Environment) bool }

type (
	andNode []node
	orNode  []node
	never   struct{}
)

func (n andNode) holds(e Environment) bool {
	return !slices.ContainsFunc(n, func(c node) bool { return !c.holds(e) })
}

func (n orNode) holds(e Environment) bool {
	return slices.ContainsFunc(n, func(c node) bool { return c.holds(e) })
}

func (never) holds(Environment) bool { return false }

// comparison is `variable op "value"`, or `"value" in variable` where reversed.
type comparison struct {
	variable, op, value string
	reversed            bool
	versions            pep440.Constraint // of a version variable
	text                [][]clause        // of another one
}

// Evaluate reports whether the marker holds. Comparisons with what only the host's
// kernel knows never fail: text that is no version compares as false.
func (m Marker) Evaluate(e Environment) bool { return m.root == nil || m.root.holds(e) }

// Extras lists the extras that the marker asks for.
func (m Marker) Extras() []string {
	var all []string
	m.each(func(c comparison) {
		if c.variable == "extra" && !c.text[0][0].not {
			all = append(all, CanonicalName(c.text[0][0].value))
		}
	})
	return all
}

// AsksExtras reports whether the marker compares extras in any way.
func (m Marker) AsksExtras() bool {
	asks := false
	m.each(func(c comparison) { asks = asks || c.variable == "extra" })
	return asks
}

// each visits the comparisons in order.
func (m Marker) each(visit func(comparison)) {
	var walk func(n node)
	walk = func(n node) {
		switch n := n.(type) {
		case andNode:
			for _, c := range n {
				walk(c)
			}
		case orNode:
			for _, c := range n {
				walk(c)
			}
		case comparison:
			visit(n)
		}
	}
	walk(m.root)
}

func (c comparison) holds(e Environment) bool {
	if c.variable == "extra" {
		return c.extraHolds(e)
	}
	actual, known := e.Values[c.variable]
	switch {
	case !known:
		return true
	case isVersion(c.variable) && !c.reversed:
		v, err := pep440.ParseRelease(actual)
		return err == nil && c.versions.Allows(v)
	}
	return anyHolds(c.text, func(one clause) bool { return one.holds(actual) })
}

// extraHolds compares with the set of asked extras: == is membership.
func (c comparison) extraHolds(e Environment) bool {
	if e.Extras == nil {
		return true
	}
	return anyHolds(c.text, func(one clause) bool { return e.Extras[CanonicalName(one.value)] != one.not })
}
