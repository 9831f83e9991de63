package pep440

import "slices"

// Constraint is a set of versions: a sorted union of disjoint ranges. The zero
// Constraint allows nothing.
type Constraint struct {
	text   string
	ranges []bounds
}

// String returns the constraint as it was written.
func (c Constraint) String() string { return c.text }

// Allows reports whether v is in the set (poetry-core, VersionUnion.allows).
func (c Constraint) Allows(v Version) bool {
	if out, ok := c.excluded(); ok {
		return !point(out).allows(v)
	}
	return slices.ContainsFunc(c.ranges, func(b bounds) bool { return b.allows(v) })
}

// excluded returns the only version that c does not allow, if there is exactly one. !=1.2
// also excludes 1.2+cpu, which two ranges cannot express.
func (c Constraint) excluded() (Version, bool) {
	if len(c.ranges) != 2 {
		return Version{}, false
	}
	below, above := c.ranges[0], c.ranges[1]
	if below.min != nil || below.max == nil || below.includeMax ||
		above.max != nil || above.min == nil || above.includeMin ||
		below.max.Compare(*above.min) != 0 {
		return Version{}, false
	}
	return *below.max, true
}

// AllowsAny reports whether some version is in both sets (poetry-core,
// VersionUnion.allows_any).
func (c Constraint) AllowsAny(other Constraint) bool {
	ours, theirs := c.ranges, other.ranges
	for len(ours) > 0 && len(theirs) > 0 {
		if ours[0].allowsAny(theirs[0]) {
			return true
		}
		ours, theirs = dropLower(ours, theirs)
	}
	return false
}

// AllowsAll reports whether every version of other is in c (poetry-core,
// VersionUnion.allows_all).
func (c Constraint) AllowsAll(other Constraint) bool {
	return !slices.ContainsFunc(other.ranges, func(o bounds) bool {
		return !slices.ContainsFunc(c.ranges, func(b bounds) bool { return b.allowsAll(o) })
	})
}

// Empty reports whether c allows nothing.
func (c Constraint) Empty() bool { return len(c.ranges) == 0 }

// Range is a stretch of versions; a nil bound is none.
type Range struct {
	Min, Max               *Version
	IncludeMin, IncludeMax bool
}

// IsVersion reports whether r is one version.
func (r Range) IsVersion() bool { return bounds{r.Min, r.Max, r.IncludeMin, r.IncludeMax}.isPoint() }

// Ranges returns the ranges that c allows, in order.
func (c Constraint) Ranges() []Range {
	var all []Range
	for _, b := range c.ranges {
		all = append(all, Range{b.min, b.max, b.includeMin, b.includeMax})
	}
	return all
}

// intersect follows poetry-core's VersionUnion.intersect.
func intersect(ours, theirs []bounds) []bounds {
	var all []bounds
	for len(ours) > 0 && len(theirs) > 0 {
		if both, ok := ours[0].and(theirs[0]); ok {
			all = append(all, both)
		}
		ours, theirs = dropLower(ours, theirs)
	}
	return union(all)
}

// dropLower steps over the range that ends first.
func dropLower(ours, theirs []bounds) ([]bounds, []bounds) {
	if theirs[0].allowsHigher(ours[0]) {
		return ours[1:], theirs
	}
	return ours, theirs[1:]
}

// union sorts ranges and merges those that touch (poetry-core, VersionUnion.of).
func union(all []bounds) []bounds {
	all = slices.DeleteFunc(slices.Clone(all), bounds.empty)
	slices.SortStableFunc(all, bounds.compare)
	var merged []bounds
	for _, b := range all {
		if b.any() {
			return []bounds{{}}
		}
		last := len(merged) - 1
		if last < 0 || !merged[last].allowsAny(b) && !merged[last].adjacent(b) {
			merged = append(merged, b)
			continue
		}
		merged[last] = merged[last].or(b)
		if merged[last].any() {
			return []bounds{{}}
		}
	}
	return merged
}

// HasUpperBound reports whether there is a version above all that c allows
// (poetry-core, has_upper_bound).
func (c Constraint) HasUpperBound() bool {
	return !slices.ContainsFunc(c.ranges, func(b bounds) bool { return b.max == nil })
}
