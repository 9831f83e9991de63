package frontend

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/llb"
)

// settleOverlaps looks for packages that write one path with different contents. They
// are told to the user, and where the layers' order is not Poetry's, the files that
// Poetry would leave are laid over them.
func (r *request) settleOverlaps(ctx context.Context, g *llb.Graph, p *plan.Plan, in *llb.Inputs) error {
	if len(p.Installed()) < 2 {
		return nil
	}
	var overlaps bkllb.State
	ref, err := r.solveAnyWay(ctx, p, in, func() (bkllb.State, error) {
		overlaps = g.Overlaps(p, *in)
		return overlaps, nil
	})
	if err != nil {
		return err
	}
	in.Asked = append(in.Asked, overlaps)
	data, err := dockerui.ReadFile(ctx, ref, "overlaps.json")
	if err != nil {
		return fmt.Errorf("reading which packages overlap: %w", err)
	}
	var found step.OverlapList
	if err := json.Unmarshal(data, &found); err != nil {
		return fmt.Errorf("reading which packages overlap: %w", err)
	}
	for _, o := range found.Overlaps {
		last := o.Packages[len(o.Packages)-1]
		r.warn(ctx, source.Errorf(r.lockEntry(last), "%s all write %s, with different contents: that of %s stays, as with Poetry",
			strings.Join(o.Packages, ", "), o.Path, last))
		if o.Settled {
			in.Overlay = &overlaps
		}
	}
	return nil
}
