package tags

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Interpreter is a CPython.
type Interpreter struct {
	Major, Minor int
	FreeThreaded bool
}

// Libc is a C library and its version.
type Libc struct {
	Family       string // "glibc" or "musl"
	Major, Minor int
}

// ParseLibc reads "glibc-2.36" or "musl-1.2".
func ParseLibc(s string) (Libc, error) {
	family, version, ok := strings.Cut(s, "-")
	major, minor, _ := strings.Cut(version, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	if !ok || family != "glibc" && family != "musl" || errA != nil || errB != nil {
		return Libc{}, fmt.Errorf("C library %q is not of the form glibc-2.36 or musl-1.2", s)
	}
	return Libc{family, a, b}, nil
}

// String is the form that ParseLibc reads.
func (l Libc) String() string { return fmt.Sprintf("%s-%d.%d", l.Family, l.Major, l.Minor) }

// Tag is one compatibility tag.
type Tag struct{ Python, ABI, Platform string }

// String is python-abi-platform.
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

// Len is the number of tags.
func (l List) Len() int { return len(l.tags) }

// Strings lists the tags.
func (l List) Strings() []string {
	var all []string
	for _, t := range l.tags {
		all = append(all, t.String())
	}
	return all
}

// Rank is the place of a wheel's best tag, 0 the best; false where none fits.
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

// cpython is packaging.tags.cpython_tags followed by compatible_tags.
func cpython(py Interpreter, platforms []string) []Tag {
	var all []Tag
	add := func(python, abi string) {
		for _, p := range platforms {
			all = append(all, Tag{python, abi, p})
		}
	}
	cp := func(minor int) string { return fmt.Sprintf("cp%d%d", py.Major, minor) }
	own, abi, stable := cp(py.Minor), cp(py.Minor), "abi3"
	if py.FreeThreaded {
		abi, stable = abi+"t", "abi3t"
	}
	add(own, abi)
	if !py.FreeThreaded || py.Minor >= 15 {
		add(own, stable)
	}
	add(own, "none")
	if !py.FreeThreaded || py.Minor >= 15 {
		for minor := py.Minor - 1; minor >= 2; minor-- {
			add(cp(minor), stable)
		}
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

// genericPythons is py311, py3, py310 … py30.
func genericPythons(py Interpreter) []string {
	all := []string{fmt.Sprintf("py%d%d", py.Major, py.Minor), fmt.Sprintf("py%d", py.Major)}
	for minor := py.Minor - 1; minor >= 0; minor-- {
		all = append(all, fmt.Sprintf("py%d%d", py.Major, minor))
	}
	return all
}

func linuxPlatforms(machine string, libc Libc, nativeFirst bool) []string {
	var native, portable []string
	for _, arch := range arches(machine) {
		native = append(native, "linux_"+arch)
	}
	if libc.Family == "musl" {
		portable = musllinux(arches(machine), libc)
	} else {
		portable = manylinux(arches(machine), libc)
	}
	if nativeFirst {
		return append(native, portable...)
	}
	return append(portable, native...)
}

// arches is packaging's list: a 64-bit ARM in 32-bit mode runs armv7l too.
func arches(machine string) []string {
	if machine == "armv8l" {
		return []string{"armv8l", "armv7l"}
	}
	return []string{machine}
}

// aliases are the names that manylinux versions had before PEP 600.
var aliases = map[int]string{17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}

// manylinuxArches are packaging's _ALLOWED_ARCHS and what it checks by ELF header.
var manylinuxArches = []string{"x86_64", "aarch64", "ppc64", "ppc64le", "s390x", "loongarch64", "riscv64", "i686", "armv7l"}

func manylinux(arches []string, libc Libc) []string {
	arches = slices.DeleteFunc(slices.Clone(arches), func(a string) bool { return !slices.Contains(manylinuxArches, a) })
	oldest := 17
	if slices.Contains(arches, "x86_64") || slices.Contains(arches, "i686") {
		oldest = 5
	}
	var all []string
	for _, arch := range arches {
		for minor := libc.Minor; minor >= oldest; minor-- {
			all = append(all, fmt.Sprintf("manylinux_%d_%d_%s", libc.Major, minor, arch))
			if alias, ok := aliases[minor]; ok && libc.Major == 2 {
				all = append(all, alias+"_"+arch)
			}
		}
	}
	return all
}

func musllinux(arches []string, libc Libc) []string {
	var all []string
	for _, arch := range arches {
		for minor := libc.Minor; minor >= 0; minor-- {
			all = append(all, fmt.Sprintf("musllinux_%d_%d_%s", libc.Major, minor, arch))
		}
	}
	return all
}
