package pyproject

import (
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// BuildConstraint restricts a build requirement of one package
// (poetry/installation/chef.py; Poetry 2.3 and later).
type BuildConstraint struct {
	Package    string // canonical: what is built
	Name       string // canonical: what its build needs
	Constraint string // a Poetry constraint
	Marker     string // where it holds, PEP 508; "" for everywhere
	At         source.Range
}

// buildConstraints reads [tool.poetry.build-constraints]: package → requirement →
// constraint, in the forms of any dependency.
func (p *parser) buildConstraints() {
	for _, pkg := range entriesOf(p.Table(p.poetry.Get("build-constraints"))) {
		for _, d := range p.dependencyTable(p.Table(pkg.Value)) {
			p.project.Constraints = append(p.project.Constraints, BuildConstraint{
				Package: pep508.CanonicalName(pkg.Key), Name: d.Name,
				Constraint: d.Constraint, Marker: d.Marker, At: d.At,
			})
		}
	}
}
