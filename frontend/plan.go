package frontend

import (
	"context"
	"errors"
	"slices"
	"strings"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
)

// PlanOptions are what a person may ask of a plan beyond what a build can be asked.
type PlanOptions struct {
	Groups, Extras  []string // instead of the target's, where there are any
	IgnoreStaleLock bool     // plan even if the lock does not belong to the project
}

// Plans returns what a build would install, for each of its platforms. It reads the
// request as Build does, and stops before the graph.
func Plans(ctx context.Context, c gwclient.Client, o PlanOptions) (_ []*plan.Plan, err error) {
	r, err := newRequest(c)
	if err != nil {
		return nil, err
	}
	if err := r.readFiles(ctx); err != nil {
		return nil, err
	}
	target, err := r.ready(ctx, r.parse(), o.IgnoreStaleLock)
	if err != nil {
		return nil, err
	}
	if len(o.Groups) > 0 {
		target.Groups = o.Groups
	}
	if len(o.Extras) > 0 {
		target.Extras = nil
		for _, e := range o.Extras {
			target.Extras = append(target.Extras, source.Text{Value: e})
		}
	}
	r.warnAboutArgs(ctx)
	var all []*plan.Plan
	for _, platform := range r.targetPlatforms() {
		graph, err := r.newGraph(ctx, target, false)
		if err != nil {
			return nil, err
		}
		_, _, p, err := r.planPlatform(ctx, graph, target, platform, nil)
		if err != nil {
			return nil, err
		}
		for _, w := range p.Warnings {
			r.warn(ctx, w)
		}
		r.warnBuilds(ctx, p)
		slices.SortFunc(p.Packages, func(a, b plan.Package) int { return strings.Compare(a.Name, b.Name) })
		all = append(all, p)
	}
	return all, nil
}

// resolveTarget returns the request's target, with the numbers of its user. Of a target with
// mistakes that others can be looked for beside, the name is set.
func (r *request) resolveTarget() (plan.Target, error) {
	target, err := plan.ResolveTarget(r.project, r.ui.Target)
	var errIDs error
	target.RunAs, errIDs = plan.ParseIDs(r.ui.BuildArgs[argUID], r.ui.BuildArgs[argGID])
	return target, errors.Join(err, errIDs)
}

// targetPlatforms returns what the request's images are for: the builder's own platform
// where it names none.
func (r *request) targetPlatforms() []ocispecs.Platform {
	if len(r.ui.TargetPlatforms) > 0 {
		return r.ui.TargetPlatforms
	}
	return []ocispecs.Platform{r.buildPlatformSpec()}
}
