// Package plan decides: a project, its lock, a target and the facts of a base
// image become a [Plan], plain data that says which file of which package goes
// where. It reads nothing and runs nothing.
package plan

import (
	"strings"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/pyproject"
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
	Project  *pyproject.Project
}

// Package is one selected distribution and the file that installs it.
type Package struct {
	Name    string // canonical
	Version string // as locked
	Groups  []string
	File    string
	SHA256  string // hex
	Index   Index
	At      source.Range // the lock entry
}

// Index is a package index by name.
type Index struct {
	Name string // "pypi" or the name of a [[tool.poetry.source]]
	URL  string // root of its simple API
}

// PyPI is the index that Poetry uses where no other is configured.
var PyPI = Index{Name: "pypi", URL: "https://pypi.org/simple/"}

// PythonDir is the minor version as it stands in paths: "3.12", "3.13t".
func (p *Plan) PythonDir() string {
	parts := strings.SplitN(p.Base.Version, ".", 3)
	dir := strings.Join(parts[:min(2, len(parts))], ".")
	if p.Base.FreeThreaded {
		dir += "t"
	}
	return dir
}

// Sources groups the packages by index, in order of the indexes' first use.
func (p *Plan) Sources() []Index {
	var all []Index
	seen := map[Index]bool{}
	for _, pkg := range p.Packages {
		if !seen[pkg.Index] {
			seen[pkg.Index] = true
			all = append(all, pkg.Index)
		}
	}
	return all
}

// From lists the packages of one index.
func (p *Plan) From(index Index) []Package {
	var all []Package
	for _, pkg := range p.Packages {
		if pkg.Index == index {
			all = append(all, pkg)
		}
	}
	return all
}
