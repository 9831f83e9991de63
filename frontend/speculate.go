package frontend

import (
	"context"
	"reflect"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// dependencies are a plan's packages on their way: where they come from, and what of
// them overlaps. Each is found once, by whoever asks first.
type dependencies struct {
	plan     *plan.Plan
	inputs   func() (findings, error)
	overlaps func() (findings, error) // the inputs, with what they say
}

// findings are inputs of a graph, and what the user is to be told of them.
type findings struct {
	plan     *plan.Plan // with the files that the indexes have
	inputs   llb.Inputs
	warnings []*source.Error
}

func (r *request) dependencies(ctx context.Context, g *llb.Graph, in plan.Input, p *plan.Plan, image *baseImage) *dependencies {
	d := &dependencies{plan: p}
	d.inputs = sync.OnceValues(func() (findings, error) { return r.inputs(ctx, g, in, p, image) })
	d.overlaps = sync.OnceValues(func() (findings, error) {
		found, err := d.inputs()
		if err != nil {
			return found, err
		}
		return r.findOverlaps(ctx, g, found.plan, found)
	})
	return d
}

// serve says whether these are another plan's dependencies too: on a base image of the
// same Python it wants the same of them.
func (d *dependencies) serve(p *plan.Plan) bool {
	if d == nil || d.plan.Base.Interpreter != p.Base.Interpreter || d.plan.Base.Version != p.Base.Version {
		return false
	}
	guessed := *d.plan
	guessed.Base = p.Base
	return reflect.DeepEqual(&guessed, p)
}

// speculate starts on the dependencies while the base image is still on its way: an
// official image says in its configuration what its files will say too. Where the
// guess is right, which it nearly always is, they serve; where it is wrong, some work
// was for nothing and the image is the same. It ends with ctx, and returns what was
// begun: nil where there was nothing to guess.
func (r *request) speculate(ctx context.Context, g *llb.Graph, in plan.Input, image *baseImage) func() *dependencies {
	guess, ok := base.Guess(image.base.Config.Config.Env)
	caps := r.client.BuildOpts().LLBCaps
	if !ok || caps.Supports(pb.CapMergeOp) != nil || r.inOrder() || in.Target.Stage == plan.BaseStage {
		return func() *dependencies { return nil }
	}
	in.Base = guess
	begun := sync.OnceValue(func() *dependencies {
		p, err := plan.New(in)
		if err != nil {
			return nil
		}
		d := r.dependencies(ctx, g, in, p, image)
		go d.overlaps()
		go r.install(ctx, g, d) // and byte code, as soon as the base is there
		return d
	})
	go begun()
	return begun
}

// install has the builder begin with all layers of the dependencies. Nothing is
// reported from here: whoever wants the layers is told what is wrong.
func (r *request) install(ctx context.Context, g *llb.Graph, d *dependencies) {
	if found, err := d.inputs(); err == nil && len(d.plan.Packages) > 0 {
		_, _ = r.solve(ctx, g.Dependencies(found.plan, found.inputs))
	}
}

// inOrder says that the client wants one request after the other: it keeps them.
func (r *request) inOrder() bool {
	_, ok := r.client.(interface{ InOrder() })
	return ok
}

// inputs finds where the packages of a plan come from.
func (r *request) inputs(ctx context.Context, g *llb.Graph, in plan.Input, p *plan.Plan, image *baseImage) (findings, error) {
	found := findings{plan: p, inputs: llb.Inputs{
		Base: image.state, BuildBase: image.buildState, Builder: image.builder, Env: image.base.Config.Config.Env,
		Asked: []bkllb.State{image.facts(g)},
	}}
	if err := r.addTrees(ctx, p, &found.inputs); err != nil {
		return found, err
	}
	if err := r.checkHosts(p); err != nil {
		return found, err
	}
	return found, r.locate(ctx, g, in, &found)
}
