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
func (a assembly) distributions(packages []plan.Package) map[string]place {
	all := map[string]place{}
	for _, pkg := range packages {
		switch {
		case pkg.Build:
			all[pkg.Name] = place{a.build(pkg, a.sourceOf(pkg)), "/"}
		case !a.fetchedByInstall(pkg):
			all[pkg.Name] = a.file(pkg)
		}
	}
	return all
}

// file returns a wheel or an sdist: from the build context, fetched by a step, or downloaded
// by BuildKit.
func (a assembly) file(pkg plan.Package) place {
	if pkg.Origin.Kind == plan.FromFile {
		return place{a.in.Trees[pkg.Name], "/" + path.Base(pkg.Origin.Path)}
	}
	if a.byStep(pkg) {
		return place{a.fetchByStep(pkg), "/" + pkg.SHA256 + "/" + pkg.File}
	}
	return place{a.fetch(pkg), "/" + pkg.File}
}

// sourceOf returns what a wheel is built from.
func (a assembly) sourceOf(pkg plan.Package) place {
	if tree, ok := a.in.Trees[pkg.Name]; ok && pkg.Origin.Kind != plan.FromFile {
		return place{tree, "/"}
	}
	if pkg.Origin.Kind == plan.FromGit {
		return place{a.git(pkg, a.in.WholeHistory), "/"}
	}
	return a.file(pkg)
}

func (a assembly) byStep(pkg plan.Package) bool { return a.in.AllByStep || pkg.ByStep }

// fetchedByInstall reports whether the step that installs a package downloads its wheel too,
// because BuildKit cannot.
func (a assembly) fetchedByInstall(pkg plan.Package) bool {
	return !pkg.Build && pkg.Origin.Kind != plan.FromFile && a.byStep(pkg)
}

// wheelOf describes an installed wheel to the install step.
func (a assembly) wheelOf(pkg plan.Package) step.Wheel {
	w := step.Wheel{Path: path.Join(step.Wheels, pkg.SHA256, pkg.File), DirectURL: pkg.DirectURL(a.plan.Target.Workdir())}
	switch {
	case pkg.Build:
		w.Path = path.Join(step.Wheels, pkg.Name)
	case a.fetchedByInstall(pkg):
		w.Path = path.Join(step.Fetched, pkg.SHA256, pkg.File)
	}
	if pkg.Origin.Kind == plan.FromFile && !pkg.Build {
		w.SHA256 = pkg.SHA256 // it comes from the build context: nobody has looked yet
	}
	return w
}
