package tags

import "fmt"

// Interpreter is a CPython.
type Interpreter struct {
	Major, Minor int
	FreeThreaded bool
}

// Tag is one compatibility tag.
type Tag struct{ Python, ABI, Platform string }

// String returns the tag as python-abi-platform.
func (t Tag) String() string { return t.Python + "-" + t.ABI + "-" + t.Platform }

// List is the tags that an environment supports, best first.
type List struct {
	tags []Tag
	rank map[Tag]int
}

func newList(tags []Tag) List {
	l := List{tags: tags, rank: make(map[Tag]int, len(tags))}
	for i, t := range tags {
		if _, seen := l.rank[t]; !seen {
			l.rank[t] = i
		}
	}
	return l
}

// Len returns the number of tags.
func (l List) Len() int { return len(l.tags) }

// Best lists the best tags, at most n.
func (l List) Best(n int) []string {
	var all []string
	for _, t := range l.tags[:min(n, len(l.tags))] {
		all = append(all, t.String())
	}
	return all
}

// Rank returns the position of a wheel's best tag in the list, 0 for the best. It returns
// false if no tag fits.
func (l List) Rank(w WheelName) (int, bool) {
	best, found := 0, false
	for _, python := range w.Python {
		for _, abi := range w.ABI {
			for _, platform := range w.Platform {
				if r, ok := l.rank[Tag{python, abi, platform}]; ok && (!found || r < best) {
					best, found = r, true
				}
			}
		}
	}
	return best, found
}

// Linux lists the tags of a CPython on Linux. nativeFirst puts linux_ARCH before
// the manylinux and musllinux platforms, as packaging does from 26.3 on.
func Linux(py Interpreter, machine string, libc Libc, nativeFirst bool) List {
	return newList(cpython(py, linuxPlatforms(machine, libc, nativeFirst)))
}

// cpython follows packaging.tags.cpython_tags, then compatible_tags.
func cpython(py Interpreter, platforms []string) []Tag {
	if py.Minor > maxVersion {
		return nil // there is no such Python, so no wheel fits it
	}
	var all []Tag
	add := func(python, abi string) {
		for _, p := range platforms {
			all = append(all, Tag{python, abi, p})
		}
	}
	cp := func(minor int) string { return fmt.Sprintf("cp%d%d", py.Major, minor) }
	own, abi, stable := cp(py.Minor), cp(py.Minor), "abi3"
	switch {
	case py.FreeThreaded:
		abi, stable = abi+"t", "abi3t"
	case py.Major == 3 && py.Minor < 8:
		abi += "m" // pymalloc
	}
	add(own, abi)
	add(own, stable)
	add(own, "none")
	for minor := py.Minor - 1; minor >= 2; minor-- {
		add(cp(minor), stable)
	}
	generic := genericPythons(py)
	for _, python := range generic {
		add(python, "none")
	}
	all = append(all, Tag{own, "none", "any"})
	for _, python := range generic {
		all = append(all, Tag{python, "none", "any"})
	}
	return all
}

// genericPythons returns py311, py3, py310 … py30.
func genericPythons(py Interpreter) []string {
	all := []string{fmt.Sprintf("py%d%d", py.Major, py.Minor), fmt.Sprintf("py%d", py.Major)}
	for minor := py.Minor - 1; minor >= 0; minor-- {
		all = append(all, fmt.Sprintf("py%d%d", py.Major, minor))
	}
	return all
}
