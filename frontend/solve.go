package frontend

import (
	"context"
	"encoding/json"
	"errors"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/quatrain-build/quatrain/frontend/explain"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/llb"
)

// solve runs a graph and returns its result.
func (r *request) solve(ctx context.Context, st bkllb.State) (gwclient.Reference, error) {
	def, err := r.marshal(ctx, st)
	if err != nil {
		return nil, err
	}
	return r.solveDefinition(ctx, def)
}

func (r *request) marshal(ctx context.Context, st bkllb.State) (*bkllb.Definition, error) {
	return st.Marshal(ctx, bkllb.WithCaps(r.client.BuildOpts().LLBCaps), bkllb.Platform(r.buildPlatformSpec()))
}

func (r *request) solveDefinition(ctx context.Context, def *bkllb.Definition) (gwclient.Reference, error) {
	if err := r.reads.failed(); err != nil {
		return nil, err
	}
	res, err := r.client.Solve(ctx, gwclient.SolveRequest{
		Definition:   def.ToPB(),
		CacheImports: r.ui.CacheImports,
		Evaluate:     true,
	})
	if err != nil {
		return nil, explain.Leftover(err)
	}
	return res.SingleRef()
}

// solveExplained solves, and says what a failure means.
func (r *request) solveExplained(ctx context.Context, p *plan.Plan, st bkllb.State) (gwclient.Reference, error) {
	def, err := r.marshal(ctx, st)
	if err != nil {
		return nil, err
	}
	ref, err := r.solveDefinition(ctx, def)
	if err != nil {
		return nil, r.explain(ctx, p, def, err)
	}
	return ref, nil
}

// solveImage solves the image, and returns its history too.
func (r *request) solveImage(ctx context.Context, g *llb.Graph, p *plan.Plan, in llb.Inputs) (gwclient.Reference, []string, error) {
	var history []string
	ref, err := r.solveAnyWay(ctx, p, &in, func() (bkllb.State, error) {
		image, err := g.Assemble(p, in)
		history = image.History
		return image.Root, err
	})
	return ref, history, err
}

// solveAnyWay solves what is made of the inputs, with another way where one did not
// do (fallBack).
func (r *request) solveAnyWay(ctx context.Context, p *plan.Plan, in *llb.Inputs, make func() (bkllb.State, error)) (gwclient.Reference, error) {
	for {
		st, err := make()
		if err != nil {
			return nil, err
		}
		def, err := r.marshal(ctx, st)
		if err != nil {
			return nil, err
		}
		ref, err := r.solveWatched(ctx, def, p.Sizes())
		if err == nil {
			return ref, nil
		}
		if errors.Is(err, errSlowDownload) {
			in.AllByStep = true
			continue
		}
		if !fallBack(in, explain.FailedVertex(def, err)) {
			return nil, r.explain(ctx, p, def, err)
		}
	}
}

// fallBack chooses another way after a failure, each at most once. Where BuildKit's
// own download fails, the helper downloads: it knows certificates and proxies that
// the daemon does not, tries again, and says what happened. Where a git server does
// not give a commit by itself, its branches are fetched, which may have it; whatever
// the failure was, because a builder that had to do so before has them still.
func fallBack(in *llb.Inputs, f explain.Vertex) bool {
	switch {
	case f.IsDownload() && !in.AllByStep:
		in.AllByStep = true
	case f.IsGit() && !in.WholeHistory:
		in.WholeHistory = true
	default:
		return false
	}
	return true
}

// readJSON reads what a step has answered.
func readJSON(ctx context.Context, ref gwclient.Reference, name string, v any) error {
	data, err := dockerui.ReadFile(ctx, ref, name)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}

// explain returns what a failed solve means: a step of the helper has left a report, for
// git there is a list of symptoms. If neither knows more, that is BuildKit's error.
func (r *request) explain(ctx context.Context, p *plan.Plan, def *bkllb.Definition, err error) error {
	failed, build := explain.FailedVertex(def, err), r.buildOf(p)
	if pkg, ok := build.FailedFetch(failed, err); ok {
		return r.explainGit(ctx, p, def, pkg, err)
	}
	if problems := r.reported(ctx, def, err); len(problems) > 0 {
		return asGone(failed.Op.GetExec(), problems, build.Problems(problems))
	}
	return explain.Lost(err)
}
