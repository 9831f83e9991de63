package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/source"
)

// series is a minor version of Python, and the newest release of it that is known.
type series struct {
	minor  string
	newest int
}

// known are the versions of Python that official images exist for, newest first. The
// images follow each release within a day, so a list of releases says it. To refresh:
//
//	uvx uv@latest python list --only-downloads --all-versions
//
// docs/decisions/0035-which-python.md says what a minor version must have to be added, and
// what the numbers of releases bear on. As of 30 November 2026, by uv 0.13.9.
var known = []series{{"3.15", 2}, {"3.14", 10}, {"3.13", 18}, {"3.12", 16}, {"3.11", 18}, {"3.10", 22}, {"3.9", 25}}

// release returns a release of the series: "3.11.7".
func (s series) release(patch int) string { return fmt.Sprintf("%s.%d", s.minor, patch) }

// later is the number of a release after all that there will be.
const later = 99

// seriesOf returns a minor version. No release is known of one that is not in the table.
func seriesOf(minor string) series {
	if i := slices.IndexFunc(known, func(s series) bool { return s.minor == minor }); i >= 0 {
		return known[i]
	}
	return series{minor, -1}
}

// knownMinors returns the names of the known minor versions.
func knownMinors() []string {
	var all []string
	for _, s := range known {
		all = append(all, s.minor)
	}
	return all
}

// pythons are the constraints on Python of a project and its lock, as written.
type pythons []source.Text

// pythonsOf returns the constraints of a project and its lock.
func pythonsOf(p *pyproject.Project, l *lockfile.Lock) pythons {
	return pythons{p.Python, l.PythonVersions}
}

// excludes returns the constraint that does not allow a version, or any of a minor
// version. One that cannot be read allows all: New reports it with its place.
func (all pythons) excludes(version string) (source.Text, bool) {
	for _, t := range all {
		c, err := pep440.ParseConstraint(cmp.Or(t.Value, "*"))
		if err == nil && !allowsPython(c, version) {
			return t, true
		}
	}
	return source.Text{}, false
}

// allow reports whether excludes finds nothing.
func (all pythons) allow(version string) bool {
	_, excluded := all.excludes(version)
	return !excluded
}

var minorOnly = regexp.MustCompile(`^\d+\.\d+$`)

// allowsPython reports whether a version is allowed, or any release of a minor version.
func allowsPython(c pep440.Constraint, version string) bool {
	if minorOnly.MatchString(version) {
		minor, err := pep440.ParseConstraint(version + ".*")
		return err == nil && c.AllowsAny(minor)
	}
	v, err := pep440.ParseVersion(version)
	return err == nil && c.Allows(v)
}

// tag returns what to ask the base image for, to get a release that is allowed: the minor
// version if its newest release is and the next ones will be, else the newest release that
// is. moves reports the former. The minor version must be allowed.
func (all pythons) tag(s series) (version string, moves bool) {
	next := all.allow(s.release(later))
	if next && s.newest >= 0 && all.allow(s.release(s.newest)) {
		return s.minor, true
	}
	for patch := s.newest; patch >= 0; patch-- {
		if all.allow(s.release(patch)) {
			return s.release(patch), false
		}
	}
	if v, ok := all.only(s.minor); ok {
		return v, false
	}
	return s.minor, next // a release that is not known yet
}

// only returns the version that a constraint names, if it is of a minor version.
func (all pythons) only(minor string) (string, bool) {
	for _, t := range all {
		c, err := pep440.ParseConstraint(cmp.Or(t.Value, "*"))
		if err != nil {
			continue
		}
		for _, r := range c.Ranges() {
			if r.IsVersion() && fmt.Sprintf("%d.%d", r.Min.Major(), r.Min.Minor()) == minor && all.allow(r.Min.String()) {
				return r.Min.String(), true
			}
		}
	}
	return "", false
}

// newest returns the newest release of a minor version that is known and allowed; if there
// is none, the newest that is known.
func (all pythons) newest(s series) string {
	if version, moves := all.tag(s); !moves && version != s.minor {
		return version
	}
	return s.release(max(s.newest, 0))
}

// allowed returns the known minor versions of which some release is allowed, newest first.
// Those of which only old releases are allowed count if there are no others: their images
// get no updates.
func (all pythons) allowed() (current, old []series) {
	for _, s := range known {
		if !all.allow(s.minor) {
			continue
		}
		if _, moves := all.tag(s); moves {
			current = append(current, s)
		} else {
			old = append(old, s)
		}
	}
	if len(current) == 0 {
		return old, nil
	}
	return current, old
}

var versionInName = regexp.MustCompile(`:.*?(3\.\d{1,2})(?:\.(\d{1,3}(?:(?:a|b|rc)\d{1,3})?))?(t)?`)

// GuessRelease returns the Python of an image that is not read, by its name: "3.13.2", with
// a "t" at the end for a free-threaded one. It is the newest release that is known of the
// minor version that is named and that the project allows, or if none is named, of the
// newest that it allows. guessed reports whether the name does not say the release.
func GuessRelease(p *pyproject.Project, l *lockfile.Lock, image string) (version string, guessed bool) {
	all := pythonsOf(p, l)
	m := versionInName.FindStringSubmatch(image)
	switch {
	case m == nil:
		if current, _ := all.allowed(); len(current) > 0 {
			return all.newest(current[0]), true
		}
		return known[0].release(known[0].newest), true
	case m[2] == "":
		return all.newest(seriesOf(m[1])) + m[3], true
	}
	return m[1] + "." + m[2] + m[3], false
}
