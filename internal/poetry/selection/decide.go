package selection

import (
	"cmp"
	"slices"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
)

// choose decides on a package for the node that comes first, unless that is a
// conflict; false where every node that is needed has one.
func (s *solver) choose() (n node, more bool, err error) {
	if s.level() == 0 {
		return node{}, true, s.decideOn(node{}, 1, s.root)
	}
	n, more = s.mostUrgent()
	if !more {
		return node{}, false, nil
	}
	one := s.known[n].set.first()
	pkg := s.packages[n.name][one]
	needs, err := s.expand(pkg, n.asked())
	if err != nil {
		return n, true, err
	}
	s.edges[n] = needs
	return n, true, s.decideOn(n, 1<<one, needs)
}

// costOfUrgency is what comparing nodes costs, in relations of terms.
const costOfUrgency = 2

// mostUrgent returns the node to decide on, the first of equals; false if none is open.
func (s *solver) mostUrgent() (best node, some bool) {
	s.budget.spend(costOfUrgency * len(s.order))
	var least urgency
	for _, n := range s.order {
		if _, done := s.decided[n]; done {
			continue
		}
		if u := s.urgency(n); !some || compareUrgency(u, least) < 0 {
			best, least, some = n, u, true
		}
	}
	return best, some
}

// decideOn books what a package needs, and the decision if nothing speaks against it.
func (s *solver) decideOn(n node, one set, needs []need) error {
	possible := true
	for _, i := range s.dependencies(n, one, needs) {
		s.add(i)
		against := !slices.ContainsFunc(i.terms, func(t term) bool { return t.node != n && s.relation(t) != subset })
		possible = possible && !against
	}
	if possible {
		s.decide(n, one)
	}
	return nil
}

// dependencies returns a decision's needs as incompatibilities. The needs of one node become
// one.
func (s *solver) dependencies(n node, one set, needs []need) []*incompatibility {
	var all []*incompatibility
	of := map[node]*incompatibility{}
	add := func(other node, allowed set, why *need) {
		own := term{n, one, true}
		switch {
		case of[other] != nil:
			of[other].terms[1].set &= allowed
		case other == n && allowed.contains(one):
			// A package may need itself.
		case other == n:
			all = append(all, &incompatibility{[]term{own}, why})
		default:
			of[other] = &incompatibility{[]term{own, {other, allowed, false}}, why}
			all = append(all, of[other])
		}
	}
	if n.extras != "" {
		add(node{name: n.name}, one, nil)
	}
	for k := range needs {
		if needs[k].name != s.walker.root {
			add(nodeOf(needs[k].name, needs[k].extras), s.allowed(needs[k]), &needs[k])
		}
	}
	for _, i := range all {
		if len(i.terms) == 2 && i.terms[1].set == 0 { // nothing will do
			if s.first == nil && i.need != nil {
				s.first = s.conflict(*i.need)
			}
			i.terms = i.terms[:1]
		}
	}
	return all
}

// allowed returns the packages that satisfy a need.
func (w *walker) allowed(n need) set {
	var s set
	w.request.Budget.spend(len(w.packages[n.name]))
	for i, pkg := range w.packages[n.name] {
		if w.satisfies(pkg, n) {
			s |= 1 << i
		}
	}
	return s
}

// urgency orders the nodes that are to be decided (version_solver.py, _get_comp_key).
type urgency struct {
	direct  bool
	bounded int // dependencies with an upper bound, which conflict sooner
	any     bool
}

func compareUrgency(a, b urgency) int {
	yes := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(yes(b.direct), yes(a.direct)),
		cmp.Compare(b.bounded, a.bounded),
		cmp.Compare(yes(b.any), yes(a.any)),
	)
}

func (s *solver) urgency(n node) urgency {
	one := s.known[n].set & -s.known[n].set
	id := term{n, one, true}
	if _, known := s.urgencies[id]; !known {
		s.urgencies[id] = s.urgencyOf(s.packages[n.name][one.first()], n)
	}
	return s.urgencies[id]
}

func (w *walker) urgencyOf(pkg *lockfile.Package, n node) urgency {
	w.request.Budget.spend(len(pkg.Dependencies))
	asked := map[string]bool{}
	for _, x := range n.asked() {
		asked[x] = true
	}
	u := urgency{direct: direct(pkg)}
	for _, d := range pkg.Dependencies {
		if !anyIn(extrasIn(d), asked) {
			continue
		}
		u.any = true
		if need, err := w.lockedNeed(pkg, d); err == nil && need.versions.HasUpperBound() {
			u.bounded++
		}
	}
	return u
}

// extrasIn returns the extras that a dependency's marker names. A marker that cannot be read
// is reported by expand.
func extrasIn(d lockfile.Dependency) []string {
	marker, _ := pep508.ParseMarker(d.Markers)
	return marker.Extras()
}
