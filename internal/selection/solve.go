package selection

import (
	"errors"
	"maps"
	"slices"

	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

// state is how far a solution has come.
type state struct {
	queue  []need // not looked at yet
	order  []string
	needs  map[string][]need // by name
	chosen map[string]*lockfile.Package
	edges  map[node][]need // of the expanded nodes
}

func newState() *state {
	return &state{needs: map[string][]need{}, chosen: map[string]*lockfile.Package{}, edges: map[node][]need{}}
}

func (s *state) clone() *state {
	c := &state{
		queue: slices.Clone(s.queue), order: slices.Clip(s.order),
		needs: maps.Clone(s.needs), chosen: maps.Clone(s.chosen), edges: maps.Clone(s.edges),
	}
	for name, all := range c.needs {
		c.needs[name] = slices.Clip(all)
	}
	return c
}

// conflict says that needs of one name have no package in common.
type conflict struct{ err *source.Error }

func (c *conflict) Error() string { return c.err.Error() }
func (c *conflict) Unwrap() error { return c.err }

// maxBranches bounds the search: a lock that Poetry wrote needs few.
const maxBranches = 10000

// solve chooses a package for every name that is needed. A name that one package
// fits is settled before there is a choice to make; of a choice, the preferred
// package that leads to a solution.
func (w *walker) solve(s *state) (*state, error) {
	name, viable, err := w.settle(s)
	if err != nil || name == "" {
		return s, err
	}
	var first error
	for _, pkg := range viable {
		if w.branches++; w.branches > maxBranches {
			return nil, source.Errorf(s.needs[name][0].at, "too many ways to satisfy the dependencies: gave up at %s", name)
		}
		solved, err := w.try(s.clone(), pkg)
		if err == nil {
			return solved, nil
		}
		if !errors.As(err, new(*conflict)) {
			return nil, err
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

func (w *walker) try(s *state, pkg *lockfile.Package) (*state, error) {
	if err := w.choose(s, pkg); err != nil {
		return nil, err
	}
	return w.solve(s)
}

// settle takes every step that has no alternative. It returns the name with the
// fewest packages to choose from, "" where all is chosen.
func (w *walker) settle(s *state) (fewest string, viable []*lockfile.Package, err error) {
	for {
		if err := w.drain(s); err != nil {
			return "", nil, err
		}
		fewest, viable = "", nil
		for _, name := range s.order {
			if s.chosen[name] != nil {
				continue
			}
			fit := w.viable(s.needs[name])
			if len(fit) == 0 {
				return "", nil, w.conflict(s.needs[name])
			}
			if fewest == "" || len(fit) < len(viable) {
				fewest, viable = name, fit
			}
			if len(fit) == 1 {
				break
			}
		}
		if len(viable) != 1 {
			return fewest, viable, nil
		}
		if err := w.choose(s, viable[0]); err != nil {
			return "", nil, err
		}
	}
}

// drain books the needs that are waiting, and follows those whose package is chosen.
func (w *walker) drain(s *state) error {
	for len(s.queue) > 0 {
		n := s.queue[0]
		s.queue = s.queue[1:]
		if n.name == w.root {
			continue // the project itself
		}
		if len(s.needs[n.name]) == 0 {
			s.order = append(s.order, n.name)
		}
		s.needs[n.name] = append(s.needs[n.name], n)
		pkg := s.chosen[n.name]
		if pkg == nil {
			continue
		}
		if !n.satisfiedBy(pkg) {
			return w.conflict(s.needs[n.name])
		}
		if err := w.follow(s, pkg, n.extras); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) choose(s *state, pkg *lockfile.Package) error {
	s.chosen[pkg.Name] = pkg
	for _, n := range s.needs[pkg.Name] {
		if err := w.follow(s, pkg, n.extras); err != nil {
			return err
		}
	}
	return nil
}

// follow expands a node once; one with extras has the plain one with it.
func (w *walker) follow(s *state, pkg *lockfile.Package, extras []string) error {
	id := nodeOf(pkg.Name, extras)
	if _, done := s.edges[id]; done {
		return nil
	}
	needs, err := w.expand(pkg, extras)
	if err != nil {
		return err
	}
	s.edges[id] = needs
	s.queue = append(s.queue, needs...)
	if len(extras) > 0 {
		return w.follow(s, pkg, nil)
	}
	return nil
}

func (w *walker) viable(needs []need) []*lockfile.Package {
	var fit []*lockfile.Package
	for _, pkg := range w.packages[needs[0].name] {
		if !slices.ContainsFunc(needs, func(n need) bool { return !n.satisfiedBy(pkg) }) {
			fit = append(fit, pkg)
		}
	}
	return fit
}

func (w *walker) conflict(needs []need) error {
	last := needs[len(needs)-1]
	by := last.by
	if by == "" {
		by = "the project"
	}
	locked := "no version of it for this Python"
	for i, pkg := range w.packages[last.name] {
		if i == 0 {
			locked = pkg.Name + " " + pkg.Version.Value
		} else {
			locked += ", " + pkg.Version.Value
		}
	}
	return &conflict{source.Errorf(last.at, "%s needs %s, but the lock has %s", by, last, locked).
		WithHint("Run `poetry lock`: the lock does not fit pyproject.toml, or not this Python.")}
}

// reach are the names of what is reached from needs over the edges of their nodes.
// A need that was no part of the solution reaches only what has the same node there:
// a[x] is not reached where only a and a[y] were asked for.
func (s *state) reach(from []need) map[string]bool {
	names, seen := map[string]bool{}, map[node]bool{}
	for todo := slices.Clone(from); len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		pkg := s.chosen[n.name]
		id := nodeOf(n.name, n.extras)
		edges, solved := s.edges[id]
		if !solved || seen[id] || !n.satisfiedBy(pkg) {
			continue
		}
		seen[id], names[n.name] = true, true
		todo = append(todo, edges...)
		if len(n.extras) > 0 {
			n.extras = nil
			todo = append(todo, n)
		}
	}
	return names
}

// reachByName adds what is reached from names over the edges of all their nodes.
func (s *state) reachByName(from []string, names map[string]bool) {
	byName := map[string][]string{}
	for id, needs := range s.edges {
		for _, n := range needs {
			byName[id.name] = append(byName[id.name], n.name)
		}
	}
	seen := map[string]bool{}
	for todo := slices.Clone(from); len(todo) > 0; {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[name] || s.chosen[name] == nil {
			continue
		}
		seen[name], names[name] = true, true
		todo = append(todo, byName[name]...)
	}
}
