// Package pyproject reads pyproject.toml and the settings in [tool.quatrain].
//
// It reads [project] (PEP 621), [dependency-groups] (PEP 735), [build-system] and
// [tool.poetry] of Poetry 1 and 2, like poetry-core's factory.py.
package pyproject

import (
	"strings"
	"unicode"

	"github.com/quatrain-build/quatrain/internal/source"
)

// Project is a parsed pyproject.toml.
type Project struct {
	File *source.File
	Root *source.Table // the whole file: the content hash is computed over it

	Name        source.Text // as written; zero with package-mode = false and no name
	Version     source.Text
	Description string
	Readme      []string // paths, relative to the project
	PackageMode bool

	Python      source.Text // the Poetry constraint on Python: tool.poetry's `python`, else requires-python, else "*"
	Groups      []Group     // in file order; "main" first, always there
	Extras      []Extra
	Scripts     []Script          // console scripts in file order
	EntryPoints []EntryPoint      // of the other groups, sorted by group
	Sources     []Source          // [[tool.poetry.source]]
	Constraints []BuildConstraint // [tool.poetry.build-constraints]
	Layout      Layout
	Metadata    Metadata
	Quatrain    Config

	requires []Dependency // main's as declared, not enriched: what the core metadata lists
}

// Group is a dependency group with its includes resolved.
type Group struct {
	Name         string // canonical
	At           source.Range
	Optional     bool
	Dependencies []Dependency // for locking: enriched (poetry-core dependency_group.py), includes expanded

	includes []source.Text
}

// Extra is a named set of optional dependencies.
type Extra struct {
	Name         string // canonical
	At           source.Range
	Dependencies []string // canonical names
}

// Dependency is one constraint of one name.
type Dependency struct {
	Name                  string // canonical
	PrettyName            string
	Constraint            string // Poetry constraint, "*" for any
	Marker                string // PEP 508, with `python` and `platform` keys folded in
	Optional              bool
	InExtras              []string // canonical extras that activate it
	Extras                []string // canonical extras it asks of the package
	Source                string   // name of the index
	Git, Branch, Tag, Rev string
	URL, Path             string
	Subdirectory          string
	Develop               bool
	AllowPrereleases      bool
	At                    source.Range
}

// Script is a console script: Name calls Reference ("module:attr").
type Script struct {
	Name      string
	Reference string
	File      bool // type = "file": Reference is a path that is copied
	At        source.Range
}

// EntryPoint is one entry point of a group other than console_scripts: a plugin,
// or a script with a window.
type EntryPoint struct {
	Group     string // as in entry_points.txt: "gui_scripts", "pytest11"
	Name      string
	Reference string
	At        source.Range
}

// Source is one [[tool.poetry.source]].
type Source struct {
	Name     string
	URL      string // "" for PyPI
	Priority string // "primary", "supplemental", "explicit" (and Poetry 1's "default", "secondary")
	At       source.Range
}

// Layout is what of the project is importable: [tool.poetry] packages and the
// default that poetry-core finds (a folder or module of the project's name, flat or under src).
type Layout struct {
	Packages    []Package
	BuildScript source.Text // tool.poetry.build.script
	Backend     string      // build-system.build-backend
}

// Package is one element of [tool.poetry] packages.
type Package struct {
	Include string
	From    string // "" or a folder such as "src"
	At      source.Range
}

// Metadata is what the project says of itself beyond name and version, raw
// enough to write the core metadata as poetry-core does.
type Metadata struct {
	License           string        // an identifier or free text, [tool.poetry] license or [project.license] text
	LicenseExpression string        // SPDX, [project] license
	LicenseFile       string        // [project.license] file: its text is the license
	LicenseFiles      []source.Text // [project] license-files, glob patterns; nil where it is not: the usual names
	RequiresPython    string        // as written in [project], "" where it is not
	ReadmeText        string        // [project.readme] text
	ReadmeType        string        // content type, "" to tell by the file's name
	Authors           []string      // "Name <mail>"
	Maintainers       []string
	Keywords          []string
	Classifiers       []string
	URLs              []URL // Project-URL, in poetry-core's order
	DynamicVersion    bool
	StaticClassifiers bool // Classifiers are [project]'s: none is added
}

// SPDX returns the license as an SPDX expression, or "" if the project has none or states it
// differently.
func (m Metadata) SPDX() string {
	if m.LicenseExpression != "" {
		return m.LicenseExpression
	}
	expression, err := licenseExpression(m.License)
	if err != nil {
		return ""
	}
	return expression
}

// URL returns the first link that has one of the labels, in their order. Only letters and
// digits of labels are compared (the specification of well-known project URLs).
func (m Metadata) URL(labels ...string) string {
	for _, label := range labels {
		for _, u := range m.URLs {
			if urlLabel(u.Label) == label {
				return u.URL
			}
		}
	}
	return ""
}

func urlLabel(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsPunct(c) || unicode.IsSymbol(c) || unicode.IsSpace(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, s)
}

// URL is a labelled link.
type URL struct{ Label, URL string }
