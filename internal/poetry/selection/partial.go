package selection

import "slices"

// assignment is a term that was decided, or derived from an incompatibility.
type assignment struct {
	term
	level int
	cause *incompatibility // nil: decided
}

// partial is a solution in the making (poetry/mixology/partial_solution.py): what was
// assigned in turn, and what that comes to.
type partial struct {
	assignments []assignment
	known       map[node]term
	order       []node // those that are needed, as that became known
	decided     map[node]set
	budget      *Budget
}

func newPartial(b *Budget) *partial {
	return &partial{known: map[node]term{}, decided: map[node]set{}, budget: b}
}

func (p *partial) level() int { return len(p.decided) }

func (p *partial) decide(n node, s set) {
	p.decided[n] = s
	p.assign(assignment{term{n, s, true}, p.level(), nil})
}

func (p *partial) derive(t term, cause *incompatibility) {
	p.assign(assignment{t, p.level(), cause})
}

func (p *partial) assign(a assignment) {
	p.assignments = append(p.assignments, a)
	p.register(a.term)
}

func (p *partial) register(t term) {
	old, ok := p.known[t.node]
	if !ok {
		old = term{node: t.node}
	}
	now, _ := old.and(t)
	if now.positive && !old.positive {
		p.order = append(p.order, t.node)
	}
	p.known[t.node] = now
}

func (p *partial) relation(t term) relation {
	p.budget.spend(1)
	known, ok := p.known[t.node]
	if !ok {
		return overlapping
	}
	return known.relation(t)
}

// backtrack takes back what was assigned above a level.
func (p *partial) backtrack(level int) {
	keep := len(p.assignments)
	touched := map[node]bool{}
	for ; keep > 0 && p.assignments[keep-1].level > level; keep-- {
		removed := p.assignments[keep-1]
		touched[removed.node] = true
		if removed.cause == nil {
			delete(p.decided, removed.node)
		}
	}
	p.assignments = p.assignments[:keep]
	p.order = slices.DeleteFunc(p.order, func(n node) bool { return touched[n] })
	for n := range touched {
		delete(p.known, n)
	}
	p.budget.spend(len(p.assignments))
	for _, a := range p.assignments {
		if touched[a.node] {
			p.register(a.term)
		}
	}
}

// satisfier returns the index of the first assignment with which a term holds.
func (p *partial) satisfier(t term) int {
	known := term{node: t.node}
	p.budget.spend(len(p.assignments))
	for i, a := range p.assignments {
		if a.node != t.node {
			continue
		}
		known, _ = known.and(a.term)
		if known.relation(t) == subset {
			return i
		}
	}
	return len(p.assignments) - 1 // cannot be: the term holds
}
