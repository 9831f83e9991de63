package frontend

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
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
	if err != nil && leftover.MatchString(err.Error()) {
		return nil, source.Errorf(source.Range{}, "the builder has a folder left over from a time when it was killed (%v)", err).
			WithHint("Run `docker buildx prune`, which removes it, and build again.")
	}
	if err != nil {
		return nil, err
	}
	return res.SingleRef()
}

// leftover is what BuildKit says of a folder of its snapshotter that it does not know.
var leftover = regexp.MustCompile(`failed to rename\b.*: file exists`)

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
		ref, err := r.solveWatched(ctx, def, in.Sizes)
		if err == nil {
			return ref, nil
		}
		if errors.Is(err, errSlowDownload) {
			in.AllByStep = true
			continue
		}
		if !fallBack(in, failedVertex(def, err)) {
			return nil, r.explain(ctx, p, def, err)
		}
	}
}

// fallBack chooses another way after a failure, each at most once. Where BuildKit's
// own download fails, the helper downloads: it knows certificates and proxies that
// the daemon does not, tries again, and says what happened. Where a git server does
// not give a commit by itself, its branches are fetched, which may have it; whatever
// the failure was, because a builder that had to do so before has them still.
func fallBack(in *llb.Inputs, f failed) bool {
	switch {
	case f.isDownload() && !in.AllByStep:
		in.AllByStep = true
	case f.isGit() && !in.WholeHistory:
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

// failed is the vertex that a solve stopped at.
type failed struct {
	id    string // digest; "" if it is not known
	op    *pb.Op // nil if it is not known
	about string // "" where the vertex is about none
}

func failedVertex(def *bkllb.Definition, err error) (f failed) {
	var vertex *errdefs.VertexError
	if !errors.As(err, &vertex) {
		return f
	}
	f.id = vertex.Digest
	for _, data := range def.Def {
		id := digest.FromBytes(data)
		if id.String() != vertex.Digest {
			continue
		}
		var op pb.Op
		if op.UnmarshalVT(data) == nil {
			f.op = &op
		}
		f.about = llb.PackageOf(def.Metadata[id].Description)
	}
	return f
}

func (f failed) isDownload() bool { return isFrom(f.op, "http") }

func (f failed) isGit() bool { return isGit(f.op) }

func isGit(op *pb.Op) bool { return isFrom(op, "git://") }

func isFrom(op *pb.Op, scheme string) bool {
	return strings.HasPrefix(op.GetSource().GetIdentifier(), scheme)
}

// explain returns what a failed solve means: a step of the helper has left a report, for
// git there is a list of symptoms. If neither knows more, that is BuildKit's error.
func (r *request) explain(ctx context.Context, p *plan.Plan, def *bkllb.Definition, err error) error {
	if pkg := fetchedByGit(p, failedVertex(def, err), err); pkg != nil {
		return r.explainGit(ctx, p, def, *pkg, err)
	}
	if problems := r.reported(ctx, def, err); len(problems) > 0 {
		return asGone(failedVertex(def, err).op.GetExec(), problems, r.problems(p, problems))
	}
	if lost(err) {
		return source.Errorf(source.Range{}, "two steps failed at the same time, and BuildKit lost the error of one (%v)", err).
			WithHint("Read the output of the failed steps above.")
	}
	return err
}
