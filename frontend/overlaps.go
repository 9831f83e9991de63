package frontend

import (
	"context"
	"fmt"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/llb"
)

// findOverlaps looks for packages that write one path with different contents. The user
// is to be told, and where the layers' order is not Poetry's, the files that Poetry would
// leave are laid over them.
func (r *request) findOverlaps(ctx context.Context, g *llb.Graph, p *plan.Plan, found findings) (findings, error) {
	if len(p.Installed()) < 2 {
		return found, nil
	}
	in := &found.inputs
	var overlaps bkllb.State
	ref, err := r.solveAnyWay(ctx, p, in, func() (bkllb.State, error) {
		overlaps = g.Overlaps(p, *in)
		return overlaps, nil
	})
	if err != nil {
		return found, err
	}
	in.Asked = append(slices.Clip(in.Asked), overlaps)
	var list step.OverlapList
	if err := readJSON(ctx, ref, "overlaps.json", &list); err != nil {
		return found, fmt.Errorf("reading which packages overlap: %w", err)
	}
	for _, o := range list.Overlaps {
		last := o.Packages[len(o.Packages)-1]
		found.warnings = append(slices.Clip(found.warnings), source.Errorf(r.lockEntry(last), "%s all write %s, with different contents: that of %s stays, as with Poetry",
			strings.Join(o.Packages, ", "), o.Path, last))
		if o.Settled {
			in.Overlay = &overlaps
		}
	}
	return found, nil
}
