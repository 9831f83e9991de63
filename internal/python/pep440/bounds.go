package pep440

import "cmp"

// bounds is one range of versions; nil is unbounded. A range of which both bounds
// are the same version, included, is that version: it stands for its local
// variants too, as poetry-core's Version does.
type bounds struct {
	min, max               *Version
	includeMin, includeMax bool
}

func point(v Version) bounds {
	return bounds{min: &v, max: &v, includeMin: true, includeMax: true}
}

func (b bounds) any() bool { return b.min == nil && b.max == nil }

func (b bounds) isPoint() bool {
	return b.min != nil && b.max != nil && b.includeMin && b.includeMax && b.min.Compare(*b.max) == 0
}

func (b bounds) empty() bool {
	if b.min == nil || b.max == nil {
		return false
	}
	d := b.min.Compare(*b.max)
	return d > 0 || d == 0 && !(b.includeMin && b.includeMax)
}

// allows follows poetry-core's VersionRange.allows and Version.allows.
func (b bounds) allows(v Version) bool {
	if b.isPoint() {
		return like(*b.min, v).Compare(*b.min) == 0
	}
	return b.aboveMin(v) && b.belowMax(v)
}

func (b bounds) aboveMin(v Version) bool {
	if b.min == nil {
		return true
	}
	if !b.includeMin && b.min.post < 0 {
		v = v.withoutPost() // >1.2 does not allow 1.2.post1
	}
	d := like(*b.min, v).Compare(*b.min)
	return d > 0 || d == 0 && b.includeMin
}

func (b bounds) belowMax(v Version) bool {
	if b.max == nil {
		return true
	}
	d := like(*b.max, v).Compare(*b.max)
	return d < 0 || d == 0 && b.includeMax
}

// like drops v's local part where the bound has none: 1.2 stands for 1.2+cpu too.
func like(bound, v Version) Version {
	if len(bound.local) == 0 {
		return v.withoutLocal()
	}
	return v
}

// compare sorts by the lower bound, then by the upper one.
func (b bounds) compare(o bounds) int {
	return cmp.Or(compareMin(b, o), compareMax(b, o))
}

func compareMin(b, o bounds) int {
	switch {
	case b.min == nil || o.min == nil:
		return cmp.Compare(truth(b.min != nil), truth(o.min != nil))
	default:
		return cmp.Or(b.min.Compare(*o.min), cmp.Compare(truth(o.includeMin), truth(b.includeMin)))
	}
}

func compareMax(b, o bounds) int {
	switch {
	case b.max == nil || o.max == nil:
		return cmp.Compare(truth(b.max == nil), truth(o.max == nil))
	default:
		return cmp.Or(b.max.Compare(*o.max), cmp.Compare(truth(b.includeMax), truth(o.includeMax)))
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (b bounds) allowsLower(o bounds) bool  { return compareMin(b, o) < 0 }
func (b bounds) allowsHigher(o bounds) bool { return compareMax(b, o) > 0 }

func (b bounds) strictlyLower(o bounds) bool {
	if b.max == nil || o.min == nil {
		return false
	}
	d := b.max.Compare(*o.min)
	return d < 0 || d == 0 && !(b.includeMax && o.includeMin)
}

func (b bounds) adjacent(o bounds) bool {
	if b.max == nil || o.min == nil {
		return b.max == nil && o.min == nil
	}
	return b.max.Compare(*o.min) == 0 && b.includeMax != o.includeMin
}

// allowsAny follows poetry-core's allows_any of two ranges or versions. For local variants
// the order of the two matters, as it does there.
func (b bounds) allowsAny(o bounds) bool {
	switch {
	case b.isPoint():
		_, ok := b.and(o)
		return ok
	case o.isPoint():
		return b.allows(*o.min) || b.localMin() && o.allows(*b.min)
	}
	return !b.strictlyLower(o) && !o.strictlyLower(b)
}

// allowsAll follows poetry-core's allows_all.
func (b bounds) allowsAll(o bounds) bool {
	if o.isPoint() {
		v := *o.min
		// 1.2 stands for its local variants: an upper bound of 1.2+x leaves some out.
		splits := !b.isPoint() && len(v.local) == 0 && b.localMax() && o.allows(*b.max)
		return b.allows(v) && !splits
	}
	return !o.allowsLower(b) && !o.allowsHigher(b)
}

func (b bounds) localMin() bool { return b.min != nil && len(b.min.local) > 0 }
func (b bounds) localMax() bool { return b.max != nil && len(b.max.local) > 0 }

// and returns the intersection, or false if it is empty.
func (b bounds) and(o bounds) (bounds, bool) {
	switch {
	case b.isPoint() && o.isPoint():
		if b.allows(*o.min) {
			return o, true
		}
		return b, o.allows(*b.min)
	case b.isPoint():
		return o.and(b)
	case o.isPoint():
		return b.andPoint(o)
	case b.strictlyLower(o) || o.strictlyLower(b):
		return bounds{}, false
	}
	r := b
	if b.allowsLower(o) {
		r.min, r.includeMin = o.min, o.includeMin
	}
	if b.allowsHigher(o) {
		r.max, r.includeMax = o.max, o.includeMax
	}
	return r, !r.empty()
}

func (b bounds) andPoint(o bounds) (bounds, bool) {
	if b.allows(*o.min) {
		return o, true
	}
	if !b.localMin() || len(o.min.local) > 0 || !o.allows(*b.min) {
		return bounds{}, false
	}
	// >=1.2.3+local and 1.2.3 have the variants from that one on in common.
	upper := nextPatch(o.min.Stable())
	return bounds{min: b.min, includeMin: b.includeMin, max: &upper}, true
}

// or returns the union of two ranges that touch. b must sort first.
func (b bounds) or(o bounds) bounds {
	switch {
	case b.isPoint() && o.isPoint():
		if o.allows(*b.min) {
			return o
		}
		return b
	case b.isPoint():
		return o.orPoint(b)
	case o.isPoint():
		return b.orPoint(o)
	}
	r := b
	if o.allowsLower(b) {
		r.min, r.includeMin = o.min, o.includeMin
	}
	if o.allowsHigher(b) {
		r.max, r.includeMax = o.max, o.includeMax
	}
	return r
}

// orPoint widens bounds that are local variants of the version, or equal to it.
func (b bounds) orPoint(o bounds) bounds {
	v := *o.min
	if len(v.local) == 0 {
		widened := false
		if b.localMin() && o.allows(*b.min) {
			b.min, b.includeMin, widened = &v, true, true
		}
		if b.localMax() && o.allows(*b.max) {
			upper := nextPatch(v.Stable())
			b.max, b.includeMax, widened = &upper, false, true
		}
		if widened {
			return b
		}
	}
	switch {
	case b.allows(v):
	case b.min != nil && v.Compare(*b.min) == 0:
		b.includeMin = true
	case b.max != nil && v.Compare(*b.max) == 0:
		b.includeMax = true
	}
	return b
}
