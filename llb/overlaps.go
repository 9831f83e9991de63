package llb

import (
	"fmt"

	"github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Overlaps looks for what several packages write at one path. Its output holds
// overlaps.json, and below tree/ what has to lie over the buckets' layers.
func (g *Graph) Overlaps(p *plan.Plan, in Inputs) llb.State {
	s := step.Overlaps{Python: p.PythonDir(), Venv: plan.Venv, Out: step.Out}
	opts := []llb.RunOption{offline}
	g = g.of(plan.BuilderPart)
	buckets, trees := g.installed(p, in)
	for i, tree := range trees {
		at := fmt.Sprintf("%s/%d", step.Trees, i)
		s.Trees = append(s.Trees, at)
		opts = append(opts, g.keyed(at, tree))
	}
	return g.run(command{
		name: fmt.Sprintf("[overlaps] %d packages in %d layers", len(p.Installed()), len(buckets)),
		args: s.Args(),
		root: llb.Scratch(),
		out:  true,
		opts: opts,
	})
}

// overlaid says for the image's history what the overlay has.
const overlaid = "files that several packages write"

// overlay is what Overlaps has to lay over the buckets, with its byte code.
func (g *Graph) overlay(p *plan.Plan, in Inputs) llb.State {
	all := &llb.CopyInfo{CopyDirContentsOnly: true, CreatedTime: &epoch}
	tree := llb.Scratch().File(llb.Copy(*in.Overlay, "/tree", "/", all), g.named("[overlaps] "+overlaid)...)
	if !p.Target.Compile {
		return tree
	}
	return tree.File(
		llb.Copy(g.compile(p, overlaid, in.BuildBase, tree), "/", "/", all),
		g.named("[overlaps] byte code")...)
}
