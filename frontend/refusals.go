package frontend

import (
	"context"
	"time"

	"github.com/moby/buildkit/frontend/subrequests/lint"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// patienceWithMore is how long an error waits for others that a build would fail with next.
const patienceWithMore = 5 * time.Second

// ready returns the target that is built. Its error is all that a build is refused with
// before it starts, so that nobody mends one mistake after the other: wrong is what is wrong
// with the files. stale says that the lock need not belong to the project.
func (r *request) ready(ctx context.Context, wrong error, stale bool) (plan.Target, error) {
	if r.project == nil {
		return plan.Target{}, wrong
	}
	errs := []error{wrong}
	if r.lock != nil && !stale {
		errs = append(errs, r.lock.CheckFresh(r.project.Root))
	}
	if !r.readsStub() {
		return plan.Target{}, reasons(errs...) // which settings count is not known
	}
	target, errTarget := r.resolveTarget()
	err := reasons(append(errs, errTarget, r.readKnownHosts(ctx))...)
	if err == nil || target.Name == "" || canceled(err) {
		return target, err
	}
	ctx, cancel := context.WithTimeout(ctx, patienceWithMore)
	defer cancel()
	_, more := r.refusals(ctx, target)
	return target, reasons(err, more)
}

// refusals returns what a build of a target is refused with before it starts, as far as the
// project's files, the lock and the base's configuration tell, and what it warns of.
func (r *request) refusals(ctx context.Context, target plan.Target) ([]*source.Error, error) {
	graph, err := r.newGraph(ctx, target, false)
	if err != nil {
		return nil, err
	}
	project := newTask(func() (projectTree, error) { return r.readProject(ctx, graph, target) })
	errProject := r.refuseProject(target, project)
	if ctx.Err() != nil {
		return nil, nil // too slow to be waited for
	}
	if r.lock == nil {
		return nil, errProject
	}
	errs := []error{errProject}
	var warnings []*source.Error
	if tree, err := project.wait(); err == nil {
		warnings = append(r.warnOfScripts(tree), r.warnOfProject(target, tree)...)
	}
	for _, platform := range r.targetPlatforms() {
		p, err := r.refusePlan(ctx, graph, target, platform)
		if p != nil {
			warnings = append(warnings, p.Warnings...)
		}
		errs = append(errs, err)
	}
	return warnings, reasons(errs...)
}

// refuseProject refuses what the project's files do not allow.
func (r *request) refuseProject(target plan.Target, project *task[projectTree]) error {
	tree, err := project.wait()
	if err != nil {
		return err
	}
	return r.checkProject(target, tree)
}

// refusePlan refuses what cannot be planned. Of a lock that is another project's only the
// Python is looked at: all else is the lock's fault.
func (r *request) refusePlan(ctx context.Context, graph *llb.Graph, target plan.Target, platform ocispecs.Platform) (*plan.Plan, error) {
	in, err := r.planInput(ctx, target, platform)
	stale := !r.lock.Fresh(r.project.Root)
	if all := source.All(err); stale && len(all) > 0 && all[0].At.File == r.lock.File {
		err = nil
	}
	if err != nil || stale {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patienceWithMore)
	defer cancel()
	image, err := r.resolveBase(ctx, graph, target, in.Python.Version, platform)
	if err != nil && (ctx.Err() != nil || r.requestID() == lint.SubrequestLintDefinition.Name) {
		return nil, nil // a check is about the project, wherever it runs
	}
	if err != nil {
		return nil, err
	}
	p, err := guessPlan(in, image)
	if p == nil || err != nil {
		return nil, err
	}
	return p, r.addTrees(ctx, p, &llb.Inputs{})
}

// guessPlan makes the plan that an official image will lead to. It is nil, without an error,
// for other images: only their files tell.
func guessPlan(in plan.Input, image *baseImage) (*plan.Plan, error) {
	guess, ok := base.Guess(image.base.Config.Config.Env)
	if !ok {
		return nil, nil
	}
	in.Base = guess
	return plan.Guess(in, image.base.Name)
}
