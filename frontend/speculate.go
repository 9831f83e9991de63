package frontend

import (
	"context"
	"errors"
	"reflect"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// dependencies are a plan's packages on their way: where they come from, what of them
// overlaps, and the layers that they are installed in.
type dependencies struct {
	plan     *plan.Plan
	inputs   *task[findings]
	overlaps *task[findings] // the inputs, with what they say
	install  *task[struct{}]
}

// findings are inputs of a graph, and what the user is to be told of them.
type findings struct {
	plan     *plan.Plan // located, with the files that the indexes have
	inputs   llb.Inputs
	warnings []*source.Error
}

func (r *request) dependencies(ctx context.Context, g *llb.Graph, in plan.Input, p *plan.Plan, image *baseImage) *dependencies {
	d := &dependencies{plan: p}
	d.inputs = newTask(func() (findings, error) { return r.inputs(ctx, g, in, p, image) })
	d.overlaps = newTask(func() (findings, error) {
		found, err := d.inputs.wait()
		if err != nil {
			return found, err
		}
		return r.findOverlaps(ctx, g, found.plan, found)
	})
	d.install = newTask(func() (struct{}, error) {
		found, err := d.inputs.wait()
		if err != nil || len(p.Packages) == 0 || !r.mayGoAhead() {
			return struct{}{}, err
		}
		return struct{}{}, r.installAhead(ctx, found.plan, g.Dependencies(found.plan, found.inputs))
	})
	return d
}

// failures returns why parts of the work failed.
func (d *dependencies) failures() error {
	if d == nil {
		return nil
	}
	return errors.Join(d.inputs.failure(), d.overlaps.failure(), d.install.failure())
}

// usableFor reports whether these are another plan's dependencies too: on a base image of
// the same Python it needs the same ones.
func (d *dependencies) usableFor(p *plan.Plan) bool {
	if d == nil || d.plan.Base.Interpreter != p.Base.Interpreter || d.plan.Base.Version != p.Base.Version {
		return false
	}
	guessed := *d.plan
	guessed.Base = p.Base
	return reflect.DeepEqual(&guessed, p)
}

// speculate starts on the dependencies while the base image is still on its way: an
// official image says in its configuration what its files will say too. If the guess is
// right, which it nearly always is, the work is used; if not, it was for nothing and the
// image is the same. The work ends with ctx. The task's result is nil if nothing could be
// guessed.
func (r *request) speculate(ctx context.Context, g *llb.Graph, in plan.Input, image *baseImage) *task[*dependencies] {
	guess, ok := base.Guess(image.base.Config.Config.Env)
	if !ok || !r.mayGoAhead() || in.Target.Stage == plan.BaseStage {
		return newTask(func() (*dependencies, error) { return nil, nil })
	}
	in.Base = guess
	return begin(r, func() (*dependencies, error) {
		p, err := plan.New(in)
		if err != nil {
			return nil, nil // the real plan will say so
		}
		d := r.dependencies(ctx, g, in, p, image)
		d.overlaps.start()
		d.install.start() // and byte code, as soon as the base is there
		return d, nil
	})
}

// installAhead has the builder begin with all layers of the dependencies. Its error is what
// steps of the helper have reported. All else is left to whoever needs the layers, and may
// have another way to them (fallBack).
func (r *request) installAhead(ctx context.Context, p *plan.Plan, layers bkllb.State) error {
	def, err := r.marshal(ctx, layers)
	if err != nil {
		return err
	}
	// Of all that a graph needs BuildKit tells the first failure only.
	var parts []*task[struct{}]
	for _, part := range append(partsEndingAt(def, maxBuilds, buildsWheel), def) {
		t := newTask(func() (struct{}, error) {
			if _, err := r.solveDefinition(ctx, part); err != nil {
				return struct{}{}, r.buildOf(p).Problems(r.reported(ctx, part, err))
			}
			return struct{}{}, nil
		})
		t.start()
		parts = append(parts, t)
	}
	var errs []error
	for _, t := range parts {
		errs = append(errs, t.failure())
	}
	return errors.Join(errs...)
}

// maxBuilds is how many steps are solved by themselves for the sake of their errors.
const maxBuilds = 20

func buildsWheel(op *pb.Op) (output int64, ok bool) { return llb.BuildsWheel(op.GetExec()) }

// mayGoAhead reports whether the layers of the dependencies can be solved by themselves, at
// the same time as other things.
func (r *request) mayGoAhead() bool {
	caps := r.client.BuildOpts().LLBCaps
	return caps.Supports(pb.CapMergeOp) == nil && !r.inOrder()
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
