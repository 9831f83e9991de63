package pyproject

import (
	"regexp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// forLocking returns a group's dependencies as they count for locking (poetry-core,
// dependency_group.py, dependencies_for_locking): the standard ones, each enriched by
// tool.poetry's of the same name. If there is only one kind, it returns that.
func (p *parser) forLocking(m *members) []Dependency {
	if len(m.standard) == 0 {
		return m.poetry
	}
	if len(m.poetry) == 0 {
		return m.standard
	}
	var all []Dependency
	for _, d := range m.mixed() {
		enriched := p.enriched(d, m.poetry)
		if len(enriched) == 0 {
			enriched = []Dependency{d}
		}
		all = append(all, enriched...)
	}
	return all
}

// enriched pairs a standard dependency with those tool.poetry has of its name,
// where both can apply at once.
func (p *parser) enriched(d Dependency, poetry []Dependency) []Dependency {
	active := bothMarkers(d.Marker, extrasMarker(d.InExtras))
	var all []Dependency
	for _, e := range poetry {
		if e.Name != d.Name {
			continue
		}
		if !p.mayEnrich(d) {
			break
		}
		marker := bothMarkers(active, e.Marker)
		p.pairs += len(marker) / bytesOfPair
		switch {
		case !markerOf(marker).Possible(p.work):
			continue
		case markerOf(active).Implies(markerOf(e.Marker), p.work):
			marker = d.Marker
		}
		all = append(all, p.enrich(d, e, marker))
	}
	return all
}

// What bounds the pairs of a dependency in [project] and one in [tool.poetry]: how many they
// are, and what they weigh. A long marker counts as several pairs.
const (
	maxEnriched = 10_000
	bytesOfPair = 256
)

// mayEnrich reports whether one more pair is allowed. The first that is not is an error.
func (p *parser) mayEnrich(d Dependency) bool {
	p.pairs++
	if p.pairs > maxEnriched && !p.tooMany {
		p.tooMany = true
		p.add(source.Errorf(d.At, "[project] and [tool.poetry] declare the same dependencies in more than %d combinations", maxEnriched).
			WithHint("Declare %s fewer times.", d.PrettyName))
	}
	return p.pairs <= maxEnriched
}

// markerOf reads a marker that was checked before; one that is wrong holds always.
func markerOf(text string) pep508.Marker {
	m, _ := pep508.ParseMarker(text)
	return m
}

func extrasMarker(extras []string) string {
	var either []string
	for _, x := range extras {
		either = append(either, `extra == "`+x+`"`)
	}
	return strings.Join(either, " or ")
}

// declared returns the dependencies before they are enriched.
func (m *members) declared() []Dependency {
	if len(m.standard) == 0 {
		return m.poetry
	}
	return m.mixed()
}

// mixed returns the names that count (poetry-core, DependencyGroup.dependencies). With
// `dynamic`, tool.poetry adds the mandatory or the optional ones, whichever the standard ones
// leave out.
func (m *members) mixed() []Dependency {
	if !m.dynamic {
		return m.standard
	}
	optional := func(d Dependency) bool { return d.Optional }
	mandatory := func(d Dependency) bool { return !d.Optional }
	add := optional
	switch {
	case !slices.ContainsFunc(m.standard, mandatory):
		add = mandatory
	case slices.ContainsFunc(m.standard, optional):
		return m.standard
	}
	all := slices.Clone(m.standard)
	for _, d := range m.poetry {
		if add(d) {
			all = append(all, d)
		}
	}
	return all
}

// enrich follows poetry-core's _enrich_dependency: it intersects the constraints and uses
// tool.poetry's origin unless the standard dependency has its own.
func (p *parser) enrich(d, poetry Dependency, marker string) Dependency {
	if d.direct() && poetry.direct() && !sameOrigin(d, poetry) {
		p.add(source.Errorf(poetry.At, "dependency %s has different sources in [project] and [tool.poetry]", d.PrettyName).
			WithHint("Name one source, in [project] or in [tool.poetry.dependencies]."))
	}
	if disjoint(d.Constraint, poetry.Constraint) {
		p.add(source.Errorf(poetry.At, "dependency %s has incompatible constraints in [project] and [tool.poetry]: %s and %s", d.PrettyName, d.Constraint, poetry.Constraint).
			WithHint("Leave the version out in [tool.poetry.dependencies], or make both agree."))
	}
	c := poetry
	if d.direct() {
		c = d
		c.Develop = poetry.Develop
	}
	c.PrettyName, c.At = d.PrettyName, d.At
	c.Optional, c.InExtras, c.Extras = d.Optional, d.InExtras, d.Extras
	constraint, ok := both(d.Constraint, poetry.Constraint)
	if !ok {
		p.add(source.Errorf(poetry.At, "the constraints of %s in [project] and [tool.poetry] have more than %d combinations", d.PrettyName, maxCombined).
			WithHint("Leave the version out in [tool.poetry.dependencies]."))
	}
	c.Constraint = constraint
	c.Marker = marker
	return c
}

// direct reports whether the dependency comes from a place, not from an index.
func (d Dependency) direct() bool { return d.Git != "" || d.URL != "" || d.Path != "" }

func sameOrigin(a, b Dependency) bool {
	return a.Git == b.Git && a.URL == b.URL && a.Path == b.Path && a.Subdirectory == b.Subdirectory &&
		a.Branch+a.Tag+a.Rev == b.Branch+b.Tag+b.Rev
}

func disjoint(a, b string) bool {
	ca, errA := pep440.ParseConstraint(a)
	cb, errB := pep440.ParseConstraint(b)
	return errA == nil && errB == nil && !ca.AllowsAny(cb)
}

// maxCombined is how many alternatives the intersection of two constraints has: more
// clauses than there are then make no constraint.
const maxCombined = 50

// both returns the intersection of two constraints: each alternative of one with each of the
// other.
func both(a, b string) (constraint string, ok bool) {
	switch {
	case a == "*" || a == "" || a == b:
		return b, true
	case b == "*" || b == "":
		return a, true
	}
	ours, theirs := alternatives(a), alternatives(b)
	if len(ours)*len(theirs) > maxCombined {
		return a, false
	}
	var all []string
	for _, x := range ours {
		for _, y := range theirs {
			all = append(all, x+","+y)
		}
	}
	return strings.Join(all, " || "), true
}

// alternatives splits a constraint at "||" (or "|", which means the same).
func alternatives(constraint string) []string {
	var all []string
	for _, a := range strings.Split(strings.ReplaceAll(constraint, "||", "|"), "|") {
		all = append(all, strings.TrimSpace(a))
	}
	return all
}

func bothMarkers(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "" || a == b:
		return a
	}
	return inParentheses(a) + " and " + inParentheses(b)
}

// inParentheses keeps alternatives together: "and" binds them otherwise.
func inParentheses(marker string) string {
	if orPattern.MatchString(marker) { // perhaps in a value: then they do no harm
		return "(" + marker + ")"
	}
	return marker
}

var orPattern = regexp.MustCompile(`\bor\b`)
