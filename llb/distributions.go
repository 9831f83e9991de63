package llb

import (
	"path"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// place is where something stands: a path in a state.
type place struct {
	state bkllb.State
	path  string
}

// distributions finds the wheels of packages that are there when they are installed: the
// file itself, or the folder that a build leaves it in. The others the step that installs
// them fetches.
func (g *Graph) distributions(p *plan.Plan, packages []plan.Package, in Inputs) map[string]place {
	all := map[string]place{}
	for _, pkg := range packages {
		switch {
		case pkg.Build:
			all[pkg.Name] = place{g.build(p, pkg, g.source(pkg, in), in), "/"}
		case !in.fetchedByInstall(pkg):
			all[pkg.Name] = g.file(pkg, in)
		}
	}
	return all
}

// file returns a wheel or an sdist: from the build context, fetched by a step, or downloaded
// by BuildKit.
func (g *Graph) file(pkg plan.Package, in Inputs) place {
	if pkg.Origin.Kind == plan.FromFile {
		return place{in.Trees[pkg.Name], "/" + path.Base(pkg.Origin.Path)}
	}
	if in.byStep(pkg) {
		return place{g.fetchByStep(pkg), "/" + pkg.SHA256 + "/" + pkg.File}
	}
	return place{g.fetch(pkg), "/" + pkg.File}
}

// source returns what a wheel is built from.
func (g *Graph) source(pkg plan.Package, in Inputs) place {
	if tree, ok := in.Trees[pkg.Name]; ok && pkg.Origin.Kind != plan.FromFile {
		return place{tree, "/"}
	}
	if pkg.Origin.Kind == plan.FromGit {
		return place{g.git(pkg, in.WholeHistory), "/"}
	}
	return g.file(pkg, in)
}

func (in Inputs) byStep(pkg plan.Package) bool { return in.AllByStep || pkg.ByStep }

// fetchedByInstall reports whether the step that installs a package downloads its wheel too,
// because BuildKit cannot.
func (in Inputs) fetchedByInstall(pkg plan.Package) bool {
	return !pkg.Build && pkg.Origin.Kind != plan.FromFile && in.byStep(pkg)
}

// wheelOf describes an installed wheel to the install step.
func wheelOf(p *plan.Plan, pkg plan.Package, in Inputs) step.Wheel {
	w := step.Wheel{Path: path.Join(step.Wheels, pkg.SHA256, pkg.File), DirectURL: pkg.DirectURL(p.Target.Workdir())}
	switch {
	case pkg.Build:
		w.Path = path.Join(step.Wheels, pkg.Name)
	case in.fetchedByInstall(pkg):
		w.Path = path.Join(step.Fetched, pkg.SHA256, pkg.File)
	}
	if pkg.Origin.Kind == plan.FromFile && !pkg.Build {
		w.SHA256 = pkg.SHA256 // it comes from the build context: nobody has looked yet
	}
	return w
}
