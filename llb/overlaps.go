package llb

import (
	"fmt"
	"path"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Overlaps looks for what several packages write at one path. Its output holds
// overlaps.json.
func (g *Graph) Overlaps(p *plan.Plan, in Inputs) bkllb.State {
	s := step.Overlaps{Python: p.PythonDir(), Venv: plan.Venv, Out: step.Out}
	a := assembly{g, p, in}.of(plan.BuilderPart)
	trees := a.installed()
	for i, b := range p.Buckets {
		trees[i] = a.records(b, trees[i])
	}
	var mounts []bkllb.RunOption
	s.Records, mounts = a.numbered(trees)
	return a.run(command{
		name: fmt.Sprintf("[overlaps] %d packages in %d layers", len(p.Installed()), len(p.Buckets)),
		args: s.Args(),
		root: bkllb.Scratch(),
		out:  true,
		opts: append(mounts, offline),
	})
}

// numbered mounts trees below step.Trees, and says where.
func (g *Graph) numbered(trees []bkllb.State) (at []string, mounts []bkllb.RunOption) {
	for i, tree := range trees {
		at = append(at, fmt.Sprintf("%s/%d", step.Trees, i))
		mounts = append(mounts, g.keyed(at[i], tree))
	}
	return at, mounts
}

// records returns a tree with only its RECORD files. A builder that has them in a cache does
// not need to pull the tree.
func (a assembly) records(b plan.Bucket, tree bkllb.State) bkllb.State {
	only := path.Join(plan.Venv, step.SitePackages(a.plan.PythonDir()), "*.dist-info", "RECORD")
	return bkllb.Scratch().File(
		bkllb.Copy(tree, "/", "/", &bkllb.CopyInfo{CopyDirContentsOnly: true, IncludePatterns: []string{only[1:]}, CreatedTime: &epoch}),
		a.named("[internal] RECORDs of "+b.Name)...)
}

// ResolveOverlaps makes the files that have to lie over the buckets' layers where packages
// overlap. Its output holds overlaps.json, and the files below tree/.
func (g *Graph) ResolveOverlaps(p *plan.Plan, in Inputs) bkllb.State {
	s := step.Settle{Python: p.PythonDir(), Venv: plan.Venv, Out: step.Out}
	a := assembly{g, p, in}.of(plan.BuilderPart)
	var mounts []bkllb.RunOption
	s.Trees, mounts = a.numbered(a.installed())
	return a.run(command{
		name: "[overlaps] files of several packages",
		args: s.Args(),
		root: bkllb.Scratch(),
		out:  true,
		opts: append(mounts, offline),
	})
}

// overlaid says for the image's history what the overlay has.
const overlaid = "files that several packages write"

// overlay returns the files that ResolveOverlaps lays over the buckets, with their byte code.
func (a assembly) overlay() bkllb.State {
	all := &bkllb.CopyInfo{CopyDirContentsOnly: true, CreatedTime: &epoch}
	tree := bkllb.Scratch().File(bkllb.Copy(*a.in.Overlay, "/tree", "/", all), a.named("[overlaps] "+overlaid)...)
	if !a.plan.Target.Compile {
		return tree
	}
	return tree.File(
		bkllb.Copy(a.compile(overlaid, tree), "/", "/", all),
		a.named("[overlaps] byte code")...)
}
