// Package lockfile reads poetry.lock in the formats 1.0 to 2.1 and computes its content hash.
//
// It follows poetry/packages/locker.py.
package lockfile

import "github.com/quatrain-build/quatrain/internal/source"

// Lock is a parsed poetry.lock.
type Lock struct {
	File           *source.File
	Generator      string              // the Poetry version of the header comment, "" where it has none
	Version        source.Text         // metadata.lock-version, such as "2.1"
	PythonVersions source.Text         // metadata.python-versions: a Poetry constraint
	ContentHash    source.Text         // metadata.content-hash, hex
	Packages       []*Package          // in file order
	Extras         map[string][]string // [extras]: canonical extra → package names as written

	older bool // before 2.1: no groups, no markers
}

// HasGroups reports whether packages carry groups and markers (lock-version 2.1
// and later): selection is then a filter. Older locks need the walk.
func (l *Lock) HasGroups() bool { return !l.older }

// Package is one [[package]] entry.
type Package struct {
	At             source.Range // the entry's header line
	Name           string       // canonical (PEP 503)
	PrettyName     string       // as written
	Version        source.Text  // as written
	Optional       bool
	Groups         []string // as written, not normalised; nil in older locks
	Markers        Markers
	PythonVersions string // a Poetry constraint; selection from 2.1 locks ignores it
	Files          []File // in lock order
	Develop        bool
	Source         *Source             // nil: from the default index
	Dependencies   []Dependency        // in file order, several constraints of one name as several entries
	Extras         map[string][]string // canonical extra → requirement strings as written
}

// Markers is the `markers` value of a 2.1 package: one string for all groups, or
// one by group, keyed by the group's name as written in Groups. Both empty: always.
type Markers struct {
	All     string
	ByGroup map[string]string
	At      source.Range
}

// Of returns the marker for a group, named as in Groups. It returns "" if the table has none,
// even if the table spells the group differently; Poetry does the same (locker.py,
// locked_packages).
func (m Markers) Of(group string) string {
	if m.ByGroup != nil {
		return m.ByGroup[group]
	}
	return m.All
}

// File is one distribution file with its hash, "sha256:<hex>" (other algorithms occur).
type File struct {
	Name string
	Hash string
	At   source.Range
}

// Source says where a package comes from when not from the default index.
type Source struct {
	Type              string // "git", "url", "file", "directory" or "legacy"
	URL               string
	Reference         string // git: what was asked for; legacy: the source's name
	ResolvedReference string // git: the commit
	Subdirectory      string
	At                source.Range
}

// Dependency is one constraint of [package.dependencies].
type Dependency struct {
	Name                  string // canonical
	Constraint            string // Poetry constraint, "*" for any
	Markers               string
	Python                string // `python` key, a Poetry constraint
	Platform              string
	Optional              bool
	Extras                []string
	Git, Branch, Tag, Rev string
	URL, Path             string
	Subdirectory          string
	Source                string
	Develop               bool
	At                    source.Range
}
