package frontend

import (
	"context"
	"time"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/quatrain-build/quatrain/frontend/explain"
	"github.com/quatrain-build/quatrain/internal/plan"
)

// explainGit returns what failed fetches mean. Of all repositories that a graph needs
// BuildKit tells the first failure only: the others are asked one by one.
func (r *request) explainGit(ctx context.Context, p *plan.Plan, def *bkllb.Definition, first plan.Package, err error) error {
	failures := r.gitFailures(ctx, p, def)
	failures.Add(first, err)
	return r.buildOf(p).Fetches(failures)
}

const (
	maxFetches    = 20               // how many repositories are asked by themselves
	fetchPatience = 30 * time.Second // what has not failed by then may well succeed
)

// gitFailures fetches each repository of a graph by itself and returns what fails. A fetch
// that has succeeded or failed already costs next to nothing.
func (r *request) gitFailures(ctx context.Context, p *plan.Plan, def *bkllb.Definition) explain.Fetches {
	failures := explain.Fetches{}
	parts := partsEndingAt(def, maxFetches, func(op *pb.Op) (int64, bool) { return 0, explain.IsGit(op) })
	if len(parts) < 2 || r.inOrder() {
		return failures
	}
	limited, stop := context.WithTimeout(ctx, fetchPatience)
	defer stop()
	var fetches []*task[struct{}]
	for _, part := range parts {
		t := newTask(func() (struct{}, error) {
			_, err := r.solveDefinition(limited, part)
			return struct{}{}, err
		})
		t.start()
		fetches = append(fetches, t)
	}
	for i, t := range fetches {
		err := t.failure()
		if err == nil || canceled(err) || isLate(err) {
			continue
		}
		if pkg, ok := r.buildOf(p).FailedFetch(explain.FailedVertex(parts[i], err), err); ok {
			failures.Add(pkg, err)
		}
	}
	return failures
}
