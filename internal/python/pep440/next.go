package pep440

import "slices"

// bump counts the release's i-th number up and sets what follows to zero; the
// release grows where it is shorter.
func bump(v Version, i int) Version {
	release := slices.Clone(v.release)
	for len(release) <= i {
		release = append(release, 0)
	}
	release[i]++
	for j := i + 1; j < len(release); j++ {
		release[j] = 0
	}
	return Version{epoch: v.epoch, release: release, post: -1, dev: -1}
}

func nextPatch(v Version) Version { return bump(v, 2) }

// nextBreaking returns the upper bound of ^ (poetry-core, Version.next_breaking).
func nextBreaking(v Version) Version {
	switch {
	case v.Major() > 0 || len(v.release) < 2:
		return bump(v, 0)
	case v.Minor() > 0 || len(v.release) < 3:
		return bump(v, 1)
	}
	return bump(v, 2)
}

// nextTilde returns the upper bound of ~. ~1 allows 1.9; ~1.2 and ~1.2.3 do not allow 1.3.
func nextTilde(v Version) Version { return bump(v, min(1, len(v.release)-1)) }

// nextCompatible returns the upper bound of ~=: it increments the last number but one.
func nextCompatible(v Version) Version { return bump(v, max(0, len(v.release)-2)) }

// nextOfKind returns the first version that does not start as v does: 1.2 → 1.3, 1.2a1 →
// 1.2a2, 1.2.post1 → 1.2.post2, 1.2.dev1 → 1.2.dev2.
func nextOfKind(v Version) Version {
	next := v
	next.local = nil
	switch {
	case v.post >= 0:
		if v.dev < 0 {
			next.post++
		}
		next.dev = -1
	case v.pre != "":
		if v.dev < 0 {
			next.preN++
		}
		next.dev = -1
	case v.dev >= 0:
		next.dev++
	default:
		next = bump(v, len(v.release)-1)
		next.local = v.local
	}
	return next
}
