package llb

import (
	"path"

	"github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// place is where something stands: a path in a state.
type place struct {
	state llb.State
	path  string
}

// distributions finds the wheel of each package: the file itself, or the folder
// that a build leaves it in. They are the packages of one bucket: what BuildKit
// cannot download is fetched for them in one step an index.
func (g *Graph) distributions(p *plan.Plan, packages []plan.Package, in Inputs) map[string]place {
	fetched := map[plan.Index]llb.State{}
	for _, index := range sourcesOf(packages) {
		if in.byStep(index) {
			fetched[index] = g.fetchByStep(index, from(index, packages))
		}
	}
	all := map[string]place{}
	for _, pkg := range packages {
		if !pkg.Build {
			all[pkg.Name] = g.file(pkg, in, fetched)
			continue
		}
		all[pkg.Name] = place{g.build(p, pkg, g.source(pkg, in, fetched), in), "/"}
	}
	return all
}

// file is a wheel or sdist: of the build context, fetched by a step, or by BuildKit.
func (g *Graph) file(pkg plan.Package, in Inputs, fetched map[plan.Index]llb.State) place {
	if pkg.Origin.Kind == plan.FromFile {
		return place{in.Trees[pkg.Name], "/" + path.Base(pkg.Origin.Path)}
	}
	if s, ok := fetched[pkg.Origin.Index]; ok {
		at := "/" + pkg.SHA256 + "/" + pkg.File
		return place{g.alone(s, at, llb.WithoutExportCache()), at}
	}
	return place{g.fetch(pkg, in.URLs[pkg.SHA256]), "/" + pkg.File}
}

// source is what a wheel is built of.
func (g *Graph) source(pkg plan.Package, in Inputs, fetched map[plan.Index]llb.State) place {
	if tree, ok := in.Trees[pkg.Name]; ok && pkg.Origin.Kind != plan.FromFile {
		return place{tree, "/"}
	}
	if pkg.Origin.Kind == plan.FromGit {
		return place{g.git(pkg, in.WholeHistory), "/"}
	}
	return g.file(pkg, in, fetched)
}

func (in Inputs) byStep(index plan.Index) bool { return in.AllByStep || in.ByStep[index] }

func sourcesOf(packages []plan.Package) []plan.Index {
	var all []plan.Index
	seen := map[plan.Index]bool{{}: true}
	for _, pkg := range packages {
		if s := pkg.Origin.Index; !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	return all
}

func from(index plan.Index, packages []plan.Package) []plan.Package {
	var all []plan.Package
	for _, pkg := range packages {
		if pkg.Origin.Index == index {
			all = append(all, pkg)
		}
	}
	return all
}

// wheelOf describes an installed wheel to the install step.
func wheelOf(p *plan.Plan, pkg plan.Package) step.Wheel {
	w := step.Wheel{Path: path.Join(step.Wheels, pkg.SHA256, pkg.File), DirectURL: pkg.DirectURL(p.Target.Workdir())}
	if pkg.Build {
		w.Path = path.Join(step.Wheels, pkg.Name)
	}
	if pkg.Origin.Kind == plan.FromFile && !pkg.Build {
		w.SHA256 = pkg.SHA256 // it comes from the build context: nobody has looked yet
	}
	return w
}
