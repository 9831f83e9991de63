// Package pep440 parses and compares versions (PEP 440) and Poetry's version constraints.
//
// It follows poetry-core (constraints/version), which differs from packaging.
package pep440

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Version is a PEP 440 version.
type Version struct {
	epoch   int
	release []int
	pre     string // "a", "b", "rc", or ""
	preN    int
	post    int // -1: none
	dev     int // -1: none
	local   []string
}

var versionPattern = regexp.MustCompile(`^v?(?:(\d+)!)?(\d+(?:\.\d+)*)` +
	`(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d+)?)?` +
	`(?:-(\d+)|(?:[-_.]?(post|rev|r)[-_.]?(\d+)?))?` +
	`(?:[-_.]?(dev)[-_.]?(\d+)?)?` +
	`(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$`)

var preNames = map[string]string{
	"alpha": "a", "a": "a", "beta": "b", "b": "b", "preview": "rc", "pre": "rc", "c": "rc", "rc": "rc",
}

// maxVersion is the length of a version. The longest that people publish have 60 bytes.
const maxVersion = 1000

// ParseVersion reads a version in any spelling that PEP 440 allows.
func ParseVersion(s string) (Version, error) {
	if len(s) > maxVersion {
		return Version{}, fmt.Errorf("a version of %d bytes is too long", len(s))
	}
	m := versionPattern.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return Version{}, fmt.Errorf("%q is not a version", s)
	}
	if tooLong.MatchString(m[0][:len(m[0])-len(m[10])]) {
		return Version{}, fmt.Errorf("%q has a number that is too large", s)
	}
	v := Version{post: -1, dev: -1, epoch: number(m[1])}
	for _, part := range strings.Split(m[2], ".") {
		v.release = append(v.release, number(part))
	}
	if m[3] != "" {
		v.pre, v.preN = preNames[m[3]], number(m[4])
	}
	switch {
	case m[5] != "":
		v.post = number(m[5])
	case m[6] != "":
		v.post = number(m[7])
	}
	if m[8] != "" {
		v.dev = number(m[9])
	}
	if m[10] != "" {
		v.local = strings.FieldsFunc(m[10], func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	}
	return v, nil
}

// tooLong is a number that may not fit an int.
var tooLong = regexp.MustCompile(`\d{18}`)

// number reads at most 17 digits; none are zero.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// Precision returns how many numbers the release has.
func (v Version) Precision() int { return len(v.release) }

// Padded has at least n numbers in its release.
func (v Version) Padded(n int) Version {
	release := slices.Clone(v.release)
	for len(release) < n {
		release = append(release, 0)
	}
	v.release = release
	return v
}

func (v Version) part(i int) int {
	if i < len(v.release) {
		return v.release[i]
	}
	return 0
}

// Major returns the first number of the release.
func (v Version) Major() int { return v.part(0) }

// Minor returns the second number of the release.
func (v Version) Minor() int { return v.part(1) }

// Patch returns the third number of the release.
func (v Version) Patch() int { return v.part(2) }

// IsPrerelease reports whether v has a pre or dev part.
func (v Version) IsPrerelease() bool { return v.pre != "" || v.dev >= 0 }

// Stable returns v if it is stable, else the release that it leads to, with its post part if
// it has no pre part (poetry-core, Version.stable).
func (v Version) Stable() Version {
	if !v.IsPrerelease() {
		return v
	}
	s := Version{epoch: v.epoch, release: v.release, post: -1, dev: -1}
	if v.pre == "" {
		s.post = v.post
	}
	return s
}

// withoutPost drops a post part, and the dev part of that.
func (v Version) withoutPost() Version {
	if v.post >= 0 {
		v.post, v.dev = -1, -1
	}
	return v
}

func (v Version) withoutLocal() Version { v.local = nil; return v }
func (v Version) firstDev() Version     { v.dev, v.local = 0, nil; return v }

// Compare orders versions as PEP 440 does.
func (v Version) Compare(w Version) int {
	if c := cmp.Compare(v.epoch, w.epoch); c != 0 {
		return c
	}
	for i := range max(len(v.release), len(w.release)) {
		if c := cmp.Compare(v.part(i), w.part(i)); c != 0 {
			return c
		}
	}
	a, b := v.suffix(), w.suffix()
	if c := slices.Compare(a[:], b[:]); c != 0 {
		return c
	}
	return compareLocal(v.local, w.local)
}

// suffix orders pre, post and dev parts: 1.dev0 < 1a1.dev0 < 1a1 < 1 < 1.post0.dev0 < 1.post0.
func (v Version) suffix() [4]int {
	const last = int(^uint(0) >> 1)
	phase := 4
	switch {
	case v.pre == "" && v.post < 0 && v.dev >= 0:
		phase = 0
	case v.pre == "a":
		phase = 1
	case v.pre == "b":
		phase = 2
	case v.pre == "rc":
		phase = 3
	}
	dev := v.dev
	if dev < 0 {
		dev = last
	}
	return [4]int{phase, v.preN, v.post, dev}
}

// compareLocal compares parts in turn; none at all sorts first.
func compareLocal(a, b []string) int {
	for i := range min(len(a), len(b)) {
		if c := compareLocalPart(a[i], b[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// compareLocalPart compares numbers, of any size, as such; they are newer than words.
func compareLocalPart(a, b string) int {
	x, y := isNumber(a), isNumber(b)
	switch {
	case x && y:
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	case x:
		return 1
	case y:
		return -1
	}
	return strings.Compare(a, b)
}

// Key returns a string that is equal for versions that compare as equal, and only for those.
func (v Version) Key() string {
	n := len(v.release)
	for n > 1 && v.release[n-1] == 0 {
		n--
	}
	v.release = v.release[:n]
	v.local = slices.Clone(v.local)
	for i, part := range v.local {
		if isNumber(part) {
			v.local[i] = strings.TrimLeft(part, "0")
		}
	}
	return v.String()
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// String returns the normalised form.
func (v Version) String() string {
	var b strings.Builder
	if v.epoch > 0 {
		fmt.Fprintf(&b, "%d!", v.epoch)
	}
	for i, n := range v.release {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strconv.Itoa(n))
	}
	if v.pre != "" {
		fmt.Fprintf(&b, "%s%d", v.pre, v.preN)
	}
	if v.post >= 0 {
		fmt.Fprintf(&b, ".post%d", v.post)
	}
	if v.dev >= 0 {
		fmt.Fprintf(&b, ".dev%d", v.dev)
	}
	if len(v.local) > 0 {
		b.WriteString("+" + strings.ToLower(strings.Join(v.local, ".")))
	}
	return b.String()
}
