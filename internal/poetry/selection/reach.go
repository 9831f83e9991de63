package selection

import (
	"slices"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
)

// solution is a package for every name that is needed, and what each node needs.
type solution struct {
	chosen map[string]*lockfile.Package
	edges  map[node][]need
}

// reach returns the names of all packages that are reachable from needs over the edges of
// their nodes. A need that was not part of the solution reaches only what has the same node
// there: a[x] is not reached if only a and a[y] were asked for.
func (s *solution) reach(w *walker, from []need) map[string]bool {
	names, seen := map[string]bool{}, map[node]bool{}
	for todo := slices.Clone(from); len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		pkg := s.chosen[n.name]
		id := nodeOf(n.name, n.extras)
		edges, solved := s.edges[id]
		if !solved || seen[id] || !w.satisfies(pkg, n) {
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
func (s *solution) reachByName(from []string, names map[string]bool) {
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
