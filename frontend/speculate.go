package frontend

import (
	"context"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/llb"
)

// speculate starts on the dependencies while the base image is still on its way: an
// official image says in its configuration what its files will say too. Where the
// guess is right, which it nearly always is, the real graph has the same vertices
// and BuildKit runs each once; where it is wrong, some work was for nothing and the
// image is the same. Nothing is reported from here: the real run says what is wrong.
// It ends with ctx.
func (r *request) speculate(ctx context.Context, in plan.Input, image *baseImage) {
	guess, ok := base.Guess(image.base.Config.Config.Env)
	caps := r.client.BuildOpts().LLBCaps
	if !ok || caps.Supports(pb.CapMergeOp) != nil || r.inOrder() || in.Target.Stage == plan.BaseStage {
		return
	}
	in.Base = guess
	go func() { _ = r.solveDependencies(ctx, in, image) }()
}

func (r *request) solveDependencies(ctx context.Context, in plan.Input, image *baseImage) error {
	graph, err := r.newGraph(ctx, in.Target)
	if err != nil {
		return err
	}
	p, err := plan.New(in)
	if err != nil {
		return err
	}
	inputs, err := r.inputs(ctx, graph, p, image)
	if err != nil || len(p.Packages) == 0 {
		return err
	}
	_, err = r.solve(ctx, graph.Dependencies(p, inputs))
	return err
}

// inOrder says that the client wants one request after the other: it keeps them.
func (r *request) inOrder() bool {
	_, ok := r.client.(interface{ InOrder() })
	return ok
}

// inputs finds where the packages of a plan come from.
func (r *request) inputs(ctx context.Context, g *llb.Graph, p *plan.Plan, image *baseImage) (llb.Inputs, error) {
	in := llb.Inputs{
		Base: image.state, BuildBase: image.buildState, Builder: image.builder, Env: image.base.Config.Config.Env,
		Asked: []bkllb.State{image.facts(g)},
	}
	if err := r.addTrees(ctx, p, &in); err != nil {
		return in, err
	}
	if err := r.checkHosts(p); err != nil {
		return in, err
	}
	return in, r.locate(ctx, g, p, &in)
}
