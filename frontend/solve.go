package frontend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
	quatrain "github.com/quatrain-build/quatrain/llb"
)

// solve runs a graph and returns its result.
func (r *request) solve(ctx context.Context, st llb.State) (gwclient.Reference, error) {
	def, err := r.marshal(ctx, st)
	if err != nil {
		return nil, err
	}
	return r.solveDefinition(ctx, def)
}

func (r *request) marshal(ctx context.Context, st llb.State) (*llb.Definition, error) {
	return st.Marshal(ctx, llb.WithCaps(r.client.BuildOpts().LLBCaps), llb.Platform(r.buildPlatformSpec()))
}

func (r *request) solveDefinition(ctx context.Context, def *llb.Definition) (gwclient.Reference, error) {
	res, err := r.client.Solve(ctx, gwclient.SolveRequest{
		Definition:   def.ToPB(),
		CacheImports: r.ui.CacheImports,
		Evaluate:     true,
	})
	if err != nil {
		return nil, err
	}
	return res.SingleRef()
}

// solveExplained solves, and turns the failure of a helper's step into what the
// helper has to say: the step runs again in report mode.
func (r *request) solveExplained(ctx context.Context, g *quatrain.Graph, st llb.State) (gwclient.Reference, error) {
	def, err := r.marshal(ctx, st)
	if err != nil {
		return nil, err
	}
	ref, err := r.solveDefinition(ctx, def)
	if err == nil {
		return ref, nil
	}
	report, found := g.Report(failedArgs(def, err))
	if !found {
		return nil, err
	}
	return nil, r.explain(ctx, report, err)
}

// solveImage solves the image. Where BuildKit's own download fails, the helper
// downloads: it knows certificates and proxies that the daemon does not, tries
// again, and says what happened.
func (r *request) solveImage(ctx context.Context, g *quatrain.Graph, p *plan.Plan, in quatrain.Inputs) (gwclient.Reference, error) {
	image, err := g.Assemble(p, in)
	if err != nil {
		return nil, err
	}
	def, err := r.marshal(ctx, image)
	if err != nil {
		return nil, err
	}
	ref, err := r.solveDefinition(ctx, def)
	if err == nil {
		return ref, nil
	}
	if !failedDownload(def, err) {
		if report, found := g.Report(failedArgs(def, err)); found {
			return nil, r.explain(ctx, report, err)
		}
		return nil, err
	}
	in.Fetched = map[string]llb.State{}
	for _, index := range p.Sources() {
		fetched := g.FetchByStep(index, p.From(index))
		if _, err := r.solveExplained(ctx, g, fetched); err != nil {
			return nil, err
		}
		in.Fetched[index.Name] = fetched
	}
	if image, err = g.Assemble(p, in); err != nil {
		return nil, err
	}
	return r.solveExplained(ctx, g, image)
}

// locate asks every index where its files are.
func (r *request) locate(ctx context.Context, g *quatrain.Graph, p *plan.Plan, in *quatrain.Inputs) error {
	in.URLs, in.Sizes = map[string]string{}, map[string]int64{}
	for _, index := range p.Sources() {
		ref, err := r.solveExplained(ctx, g, g.Locate(index, p.From(index)))
		if err != nil {
			return err
		}
		data, err := dockerui.ReadFile(ctx, ref, "locations.json")
		if err != nil {
			return fmt.Errorf("reading the addresses that %s gave: %w", index.Name, err)
		}
		var found step.Locations
		if err := json.Unmarshal(data, &found); err != nil {
			return fmt.Errorf("reading the addresses that %s gave: %w", index.Name, err)
		}
		for _, f := range found.Files {
			in.URLs[f.SHA256], in.Sizes[f.SHA256] = f.URL, f.Size
			if f.Yanked != "" {
				r.warnYanked(ctx, p, f)
			}
		}
	}
	return nil
}

// failedOp is the operation that a solve stopped at, nil where that is not known.
func failedOp(def *llb.Definition, err error) *pb.Op {
	var vertex *errdefs.VertexError
	if !errors.As(err, &vertex) {
		return nil
	}
	for _, data := range def.Def {
		if digest.FromBytes(data).String() != vertex.Digest {
			continue
		}
		var op pb.Op
		if op.UnmarshalVT(data) == nil {
			return &op
		}
	}
	return nil
}

func failedArgs(def *llb.Definition, err error) []string {
	return failedOp(def, err).GetExec().GetMeta().GetArgs()
}

func failedDownload(def *llb.Definition, err error) bool {
	id := failedOp(def, err).GetSource().GetIdentifier()
	return len(id) > 4 && id[:4] == "http"
}

// explain runs a step in report mode. Where that does not fail, or cannot say
// why, the original error stands.
func (r *request) explain(ctx context.Context, report llb.State, original error) error {
	ref, err := r.solve(ctx, report)
	if err != nil {
		return original
	}
	data, err := dockerui.ReadFile(ctx, ref, "report.json")
	if err != nil {
		return original
	}
	var found step.Report
	if json.Unmarshal(data, &found) != nil || len(found.Problems) == 0 {
		return original
	}
	return r.problems(found.Problems)
}
