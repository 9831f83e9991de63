// Package plan decides which file of which package is installed where, and returns it as plain
// data: a [Plan].
//
// It decides from a project, its lock, a target and the facts of a base image. It reads
// nothing and runs nothing.
package plan

import (
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Venv is where the virtual environment stands in every image.
const Venv = "/opt/venv"

// Plan is everything that the graph of one target on one platform is made from.
type Plan struct {
	Target   Target
	Platform string // "linux/amd64"
	Base     base.Facts
	Packages []Package // sorted by name
	Buckets  []Bucket  // of the installed packages, once it is located
	Builder  *Builder  // nil where every package has a wheel
	Project  *pyproject.Project
	Warnings []*source.Error // what the user is to be told of the selection
}

// Package is one selected distribution and the file or tree that installs it.
type Package struct {
	Name    string // canonical
	Version string // as locked
	Groups  []string
	Origin  Origin
	File    string       // wheel or sdist, "" for a tree
	SHA256  string       // of the file, hex
	Choices []File       // of an index: the files of the lock that fit, best first, File among them
	Build   bool         // a wheel has to be made of it first: an sdist, or a tree
	Further bool         // production does not have it
	At      source.Range // the lock entry

	// Library is set for a folder of the project that runs from where it stands in
	// the image: nothing is made of it.
	Library *pyproject.Project

	// Of a package that is built.
	OtherWheels int      // wheels in the lock that do not fit; 0 where none is wanted
	Elsewhere   string   // the newest Python that the project allows and one of those is for, "" if there is none
	Constraints []string // on its build requirements, PEP 508
	Settings    []string // KEY=VALUE, for its build backend
	Network     bool     // its build has a network

	// As its index says, once the plan is located.
	URL    string // where BuildKit downloads the file
	Size   int64  // of the file, in bytes; 0 if the index does not say
	ByStep bool   // only a step can download the file
}

// File is a file of the lock.
type File struct {
	Name   string
	SHA256 string // hex
}

// Index is a package index by name.
type Index struct {
	Name  string // "pypi" or the name of a [[tool.poetry.source]]; for a url dependency, the package's name
	URL   string // root of its simple API, or the url dependency's address
	Login string // the name in its secrets' names, "" if it gets no login (docs/security.md)

	// Others are the addresses of the project's other sources, separated by spaces: what is
	// below one of them does not get the login of this one. "" without a login.
	Others string
}

// PlainURL returns the address without a login, for people to read.
func (i Index) PlainURL() string { return address.Public(i.URL) }

// Installed returns the packages that are installed from a file or from a wheel that is
// built.
func (p *Plan) Installed() []Package {
	return slices.DeleteFunc(slices.Clone(p.Packages), func(pkg Package) bool { return pkg.Library != nil })
}

// Libraries returns the packages that run from their folders.
func (p *Plan) Libraries() []Package {
	return slices.DeleteFunc(slices.Clone(p.Packages), func(pkg Package) bool { return pkg.Library == nil })
}

// PyPI is the index that Poetry uses where no other is configured.
var PyPI = Index{Name: "pypi", URL: "https://pypi.org/simple/"}

// PythonDir returns the minor version as it appears in paths: "3.12", "3.13t".
func (p *Plan) PythonDir() string {
	parts := strings.SplitN(p.Base.Version, ".", 3)
	dir := strings.Join(parts[:min(2, len(parts))], ".")
	if p.Base.FreeThreaded {
		dir += "t"
	}
	return dir
}

// Indexes returns the indexes that files come from, in order of first use. A direct URL
// counts as one index.
func (p *Plan) Indexes() []Index { return IndexesOf(p.files()) }

// IndexesOf lists where packages come from, in the order of the first of each.
func IndexesOf(packages []Package) []Index {
	var all []Index
	for _, pkg := range packages {
		if pkg.Origin.Index != (Index{}) && !slices.Contains(all, pkg.Origin.Index) {
			all = append(all, pkg.Origin.Index)
		}
	}
	return all
}

// From lists the packages of one index, pip among them where something is built.
func (p *Plan) From(index Index) []Package { return From(index, p.files()) }

// From takes those of one index.
func From(index Index, packages []Package) []Package {
	var all []Package
	for _, pkg := range packages {
		if pkg.Origin.Index == index {
			all = append(all, pkg)
		}
	}
	return all
}

func (p *Plan) files() []Package {
	if p.Builder == nil {
		return p.Packages
	}
	return append(slices.Clip(p.Packages), p.Builder.Pip)
}
