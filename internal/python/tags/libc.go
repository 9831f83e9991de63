package tags

import (
	"fmt"
	"strconv"
	"strings"
)

// Libc is a C library and its version.
type Libc struct {
	Family       string // "glibc" or "musl"
	Major, Minor int
}

// maxVersion bounds the numbers of a version: there is a tag for each smaller one.
const maxVersion = 999

// ParseLibc reads "glibc-2.36" or "musl-1.2".
func ParseLibc(s string) (Libc, error) {
	family, version, ok := strings.Cut(s, "-")
	major, minor, _ := strings.Cut(version, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	number := func(n int, err error) bool { return err == nil && 0 <= n && n <= maxVersion }
	if !ok || family != "glibc" && family != "musl" || !number(a, errA) || !number(b, errB) {
		return Libc{}, fmt.Errorf("libc %q is not of the form glibc-2.36 or musl-1.2", s)
	}
	return Libc{family, a, b}, nil
}

// String returns the form that ParseLibc reads.
func (l Libc) String() string { return fmt.Sprintf("%s-%d.%d", l.Family, l.Major, l.Minor) }
