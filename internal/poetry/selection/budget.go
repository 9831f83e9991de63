package selection

import "sync/atomic"

// Budget bounds the work of resolving again over a lock. All plans of a build share one,
// so that a hostile lock does not cost the bound once for each Python and platform. It
// counts comparisons, not time: the same lock has the same answer on every machine.
type Budget struct{ left atomic.Int64 }

// fullBudget is less than a second of work. The biggest locks of the conformance suite need
// less than a two-hundredth of it.
const fullBudget = 15_000_000

// NewBudget returns a full budget.
func NewBudget() *Budget {
	b := &Budget{}
	b.left.Store(fullBudget)
	return b
}

// spend takes from the budget.
func (b *Budget) spend(n int) { b.left.Add(-int64(n)) }

// Left returns how much may still be spent. It is below 0 at the end.
func (b *Budget) Left() int64 { return b.left.Load() }

// exhausted reports whether all is spent.
func (b *Budget) exhausted() bool { return b.left.Load() < 0 }

// Spend takes from the budget what other work over a lock costs.
func (b *Budget) Spend(n int) { b.spend(n) }

// Exhausted reports whether all is spent.
func (b *Budget) Exhausted() bool { return b.exhausted() }

// Half returns a budget of half of what is left, and a function that takes from b what was
// spent of it in the end. Half of none is half of a full one.
func (b *Budget) Half() (half *Budget, settle func()) {
	if b == nil {
		b = NewBudget()
	}
	share := b.Left() / 2
	half = &Budget{}
	half.left.Store(share)
	return half, func() { b.spend(int(share - half.Left())) }
}
