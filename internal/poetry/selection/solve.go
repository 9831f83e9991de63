package selection

import (
	"slices"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

// solver chooses packages in the order of Poetry's solver, so that it finds the same
// one of several solutions (poetry/mixology/version_solver.py, which is PubGrub). It
// knows what is locked, so that sets of packages stand for ranges of versions.
type solver struct {
	*walker
	*partial
	root              []need
	incompatibilities map[node][]*incompatibility
	contradicted      map[*incompatibility]int // the level at which it cannot hold any more
	edges             map[node][]need
	urgencies         map[term]urgency
	first             error // the first conflict, which tells most
}

// solve finds a package for all that the project needs.
// Errors: the first conflict if there is no solution; a search beyond the budget.
func (w *walker) solve(root []need) (*solution, error) {
	s := &solver{
		walker: w, partial: newPartial(w.request.Budget), root: root, incompatibilities: map[node][]*incompatibility{},
		contradicted: map[*incompatibility]int{}, edges: map[node][]need{}, urgencies: map[term]urgency{},
	}
	s.add(&incompatibility{terms: []term{{node{}, 1, false}}})
	for next, more := (node{}), true; more; {
		if err := s.propagate(next); err != nil {
			return nil, err
		}
		var err error
		if next, more, err = s.choose(); err != nil {
			return nil, err
		}
	}
	found := &solution{chosen: map[string]*lockfile.Package{}, edges: map[node][]need{}}
	for n, one := range s.decided {
		if n != (node{}) {
			found.chosen[n.name] = w.packages[n.name][one.first()]
			found.edges[n] = s.edges[n]
		}
	}
	return found, nil
}

func (s *solver) add(i *incompatibility) {
	for _, t := range i.terms {
		s.incompatibilities[t.node] = append(s.incompatibilities[t.node], i)
	}
}

// propagate derives what follows for a node, and then for those that it follows for.
func (s *solver) propagate(from node) error {
	for changed := []node{from}; len(changed) > 0; {
		if s.budget.exhausted() {
			return s.tooHard()
		}
		n := changed[0]
		changed = changed[1:]
		// The newest first: they are more general.
		for _, i := range slices.Backward(slices.Clone(s.incompatibilities[n])) {
			if _, done := s.contradicted[i]; done {
				continue
			}
			next, derived, conflict := s.follow(i)
			if conflict {
				cause, err := s.resolve(i)
				if err != nil {
					return err
				}
				if next, derived, _ = s.follow(cause); derived {
					changed = []node{next}
				}
				break
			}
			if derived && !slices.Contains(changed, next) {
				changed = append(changed, next)
			}
		}
	}
	return nil
}

// follow derives the opposite of the only term that is open. Where none is, that is
// a conflict.
func (s *solver) follow(i *incompatibility) (changed node, derived, conflict bool) {
	var open *term
	for k, t := range i.terms {
		switch s.relation(t) {
		case disjoint:
			s.contradicted[i] = s.level()
			return node{}, false, false
		case overlapping:
			if open != nil {
				return node{}, false, false
			}
			open = &i.terms[k]
		}
	}
	if open == nil {
		return node{}, false, true
	}
	s.contradicted[i] = s.level()
	s.derive(open.not(), i)
	return open.node, true, false
}

// resolve finds the root of a conflict and goes back to where it can be avoided.
func (s *solver) resolve(i *incompatibility) (*incompatibility, error) {
	if s.first == nil && i.need != nil {
		s.first = s.conflict(*i.need)
	}
	for learned := false; !i.fails(); learned = true {
		if s.budget.exhausted() {
			return nil, s.tooHard()
		}
		recent, last, before := s.latest(i)
		satisfier := s.assignments[last]
		if before < satisfier.level || satisfier.cause == nil {
			for j, level := range s.contradicted {
				if level > before {
					delete(s.contradicted, j)
				}
			}
			s.backtrack(before)
			if learned {
				s.add(i)
			}
			return i, nil
		}
		var terms []term
		for _, t := range i.terms {
			if t != recent {
				terms = append(terms, t)
			}
		}
		for _, t := range satisfier.cause.terms {
			if t.node != satisfier.node {
				terms = append(terms, t)
			}
		}
		if rest, some := satisfier.and(recent.not()); some && rest.set != satisfier.set {
			terms = append(terms, rest.not())
		}
		i = newConflict(terms)
	}
	return nil, s.why()
}

// why returns the first conflict. One between a package and the same package with extras
// is of no single need: then it is a pair of needs that no package satisfies.
func (s *solver) why() error {
	switch {
	case s.budget.exhausted():
		return s.tooHard()
	case s.first != nil:
		return s.first
	}
	seen := map[string]set{}
	needs := slices.Clone(s.root)
	for _, n := range s.order {
		needs = append(needs, s.edges[n]...)
	}
	for _, n := range needs {
		both, known := seen[n.name]
		if !known {
			both = ^set(0)
		}
		if both &= s.allowed(n); both == 0 {
			return s.conflict(n)
		}
		seen[n.name] = both
	}
	return source.Errorf(source.Range{}, "the packages of poetry.lock do not satisfy the dependencies of the project").
		WithHint("%s", s.hint(""))
}

func (s *solver) tooHard() error {
	e := source.Errorf(source.Range{}, "poetry.lock has too many packages, or versions of them: the search for those that fit together was given up").
		WithHint("Run `poetry lock` with Poetry 2: its lock says which packages belong together.")
	if s.grouped {
		e = e.WithHint("%s", s.hint(""))
	}
	if len(s.root) > 0 {
		e.At = s.root[0].at
	}
	return e
}

// latest returns the term of an incompatibility that was satisfied last, the assignment that
// satisfied it, and the level at which all others were satisfied.
func (s *solver) latest(i *incompatibility) (recent term, last, before int) {
	last, before = -1, 1
	for _, t := range i.terms {
		at := s.satisfier(t)
		switch {
		case last < 0:
			recent, last = t, at
		case last < at:
			before = max(before, s.assignments[last].level)
			recent, last = t, at
		default:
			before = max(before, s.assignments[at].level)
		}
		if recent == t {
			if rest, some := s.assignments[last].and(t.not()); some {
				before = max(before, s.assignments[s.satisfier(rest.not())].level)
			}
		}
	}
	return recent, last, before
}
