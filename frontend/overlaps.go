package frontend

import (
	"context"
	"fmt"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/frontend/explain"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/llb"
)

// findOverlaps looks for packages that write one path with different contents. The user
// is to be told, and where the layers' order is not Poetry's, the files that Poetry would
// leave are laid over them. To see that there are none, which is usual, takes no more
// than the packages' RECORDs.
func (r *request) findOverlaps(ctx context.Context, g *llb.Graph, p *plan.Plan, found findings) (findings, error) {
	if len(p.Installed()) < 2 {
		return found, nil
	}
	in := &found.inputs
	list, _, err := r.overlaps(ctx, p, in, g.Overlaps)
	if err != nil || len(list.Overlaps) == 0 {
		return found, err
	}
	list, resolved, err := r.overlaps(ctx, p, in, g.ResolveOverlaps)
	if err != nil {
		return found, err
	}
	if list.More > 0 {
		found.warnings = append(slices.Clip(found.warnings), source.Errorf(source.Range{}, "packages write %d more files with different contents; the file of the last package in alphabetical order is kept, as in Poetry", list.More))
	}
	for _, o := range list.Overlaps {
		last := o.Packages[len(o.Packages)-1]
		found.warnings = append(slices.Clip(found.warnings), source.Errorf(explain.LockEntry(r.lock, last), "%s all write %s, with different contents; the file of %s is kept, as in Poetry",
			strings.Join(o.Packages, ", "), o.Path, last))
		if o.Settled {
			in.Overlay = &resolved
		}
	}
	return found, nil
}

// overlaps solves a step that finds overlaps, and notes that it was asked.
func (r *request) overlaps(ctx context.Context, p *plan.Plan, in *llb.Inputs, find func(*plan.Plan, llb.Inputs) bkllb.State) (step.OverlapList, bkllb.State, error) {
	var made bkllb.State
	ref, err := r.solveAnyWay(ctx, p, in, func() (bkllb.State, error) {
		made = find(p, *in)
		return made, nil
	})
	if err != nil {
		return step.OverlapList{}, made, err
	}
	in.Asked = append(slices.Clip(in.Asked), made)
	var list step.OverlapList
	if err := readJSON(ctx, ref, "overlaps.json", &list); err != nil {
		return list, made, fmt.Errorf("reading which packages overlap: %w", err)
	}
	return list, made, nil
}
