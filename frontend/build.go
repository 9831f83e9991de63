// Package frontend reads a build request and the files of the project, and solves the graph
// that package llb makes of the plan.
//
// It talks to BuildKit through the gateway and holds no policy.
package frontend

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/crash"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/llb"
)

// Build answers one request of the gateway: an image, or the answer to a subrequest.
func Build(ctx context.Context, c gwclient.Client) (*gwclient.Result, error) {
	return downloadPatience.Build(ctx, c)
}

// Build runs [Build] with another patience.
func (p Patience) Build(ctx context.Context, c gwclient.Client) (_ *gwclient.Result, err error) {
	defer func() { err = finish(ctx, err) }()
	defer crash.Recover(&err)
	r, err := newRequest(c)
	if err != nil {
		return nil, err
	}
	r.patience = time.Duration(p)
	if r.requestID() == requestProblems {
		return r.answerProblems(ctx)
	}
	defer r.warnOfMore(ctx)

	if err := r.readFiles(ctx); err != nil {
		return nil, err
	}
	wrong := r.parse()
	if r.requestID() != requestSBOM && wrong == nil { // it wants a fresh lock and a target, as a build does
		if res, done, err := r.subrequest(ctx); done || err != nil {
			return res, err
		}
	}
	target, err := r.ready(ctx, wrong, false)
	if err != nil {
		return nil, err
	}
	r.warnAboutArgs(ctx)
	if r.requestID() == requestSBOM {
		return r.answerSBOM(ctx, target)
	}
	rb, err := r.buildPlatforms(ctx, target)
	if err != nil {
		return nil, err
	}
	if err := r.attachSBOMs(ctx, rb); err != nil {
		return nil, err
	}
	res, err := rb.Finalize()
	if err != nil {
		return nil, err
	}
	return res, annotate(res)
}

// buildPlatforms makes the images of all platforms at the same time.
func (r *request) buildPlatforms(ctx context.Context, target plan.Target) (*dockerui.ResultBuilder, error) {
	failed := make([]error, max(len(r.ui.TargetPlatforms), 1))
	rb, err := r.ui.Build(ctx, func(ctx context.Context, p *ocispecs.Platform, i int) (*dockerui.BuildResult, error) {
		result, err := r.buildPlatform(ctx, target, r.platform(p))
		failed[i] = err
		return result, err
	})
	if err != nil {
		return nil, reasons(append(failed, err)...)
	}
	return rb, nil
}

// planPlatform decides what goes into the image of one platform. What may go on
// while the base image is on its way is started by meanwhile, which may be nil.
func (r *request) planPlatform(ctx context.Context, graph *llb.Graph, target plan.Target, platform ocispecs.Platform, meanwhile func(plan.Input, *baseImage) error) (*baseImage, plan.Input, *plan.Plan, error) {
	in, err := r.planInput(ctx, target, platform)
	if err != nil {
		return nil, in, nil, err
	}
	if in.Python.Why != nil {
		r.warn(ctx, in.Python.Why)
	}
	image, err := r.resolveBase(ctx, graph, target, in.Python.Version, platform)
	if err != nil {
		return nil, in, nil, err
	}
	if meanwhile != nil {
		if err := meanwhile(in, image); err != nil {
			return nil, in, nil, err
		}
	}
	if in.Base, err = r.facts(ctx, graph, image); err != nil {
		return nil, in, nil, err
	}
	p, err := plan.New(in)
	return image, in, p, err
}

// planInput returns what a plan is made from, but for the base's facts.
func (r *request) planInput(ctx context.Context, target plan.Target, platform ocispecs.Platform) (plan.Input, error) {
	in := plan.Input{Project: r.project, Lock: r.lock, Settings: r.settings, Target: target, Platform: platformID(platform), Contexts: r.contexts(), Budget: r.budget}
	var err error
	if in.Libraries, err = r.readLibraries(ctx, target); err != nil {
		return in, err
	}
	in.Python, err = r.python()
	return in, err
}

// platformID returns a platform's normal name: "linux/arm64".
func platformID(p ocispecs.Platform) string { return platforms.Format(platforms.Normalize(p)) }

// buildPlatform makes the image of one platform. If a file is not where a cached answer says
// and not on its index either, the indexes are asked again, once: there may be another file.
func (r *request) buildPlatform(ctx context.Context, target plan.Target, platform ocispecs.Platform) (_ *dockerui.BuildResult, err error) {
	defer crash.Recover(&err)
	res, err := r.tryPlatform(ctx, target, platform, false)
	var gone *goneError
	if errors.As(err, &gone) && ctx.Err() == nil {
		res, err = r.tryPlatform(ctx, target, platform, true)
	}
	return res, err
}

// tryPlatform makes the image of one platform. relocate says not to use cached answers of
// indexes.
func (r *request) tryPlatform(ctx context.Context, target plan.Target, platform ocispecs.Platform, relocate bool) (_ *dockerui.BuildResult, err error) {
	graph, err := r.newGraph(ctx, target, relocate)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends what was started on a guess
	project := begin(r, func() (projectTree, error) { return r.readProject(ctx, graph, target) })
	var begun *task[*dependencies]
	var wanted *dependencies
	defer func() {
		if err == nil {
			return
		}
		cancel()
		if wanted == nil && begun != nil {
			wanted, _ = begun.wait() // a guess, but what failed of it did fail
		}
		err = reasons(err, project.failure(), wanted.failures())
	}()
	checked := false
	image, in, p, err := r.planPlatform(ctx, graph, target, platform, func(in plan.Input, image *baseImage) error {
		// What the project's files tell is said before anything runs.
		checked = true
		if err := r.refuseProject(target, project); err != nil {
			_, errPlan := guessPlan(in, image)
			return errors.Join(err, errPlan)
		}
		begun = r.speculate(ctx, graph, in, image)
		return nil
	})
	if err != nil && !checked {
		err = errors.Join(err, r.refuseProject(target, project))
	}
	if err != nil {
		return nil, err
	}
	tree, err := project.wait()
	if err != nil {
		return nil, err
	}
	if !relocate { // they were shown before
		for _, w := range append(p.Warnings, r.warnOfScripts(tree)...) {
			r.warn(ctx, w)
		}
	}
	r.warnOnBuild(ctx, image)
	if wanted, err = begun.wait(); err != nil {
		return nil, err
	}
	if !wanted.usableFor(p) {
		wanted = r.dependencies(ctx, graph, in, p, image)
		if r.mayGoAhead() {
			wanted.install.start()
		}
	}
	located, err := wanted.inputs.wait()
	if err != nil {
		r.warnBuilds(ctx, p) // as far as it is known
		return nil, err
	}
	decided := *located.plan
	decided.Base = p.Base // the plan may be the one that was begun on a guess
	p = &decided
	r.warnBuilds(ctx, p)
	r.warnEmulated(ctx, p)
	if err := r.keepSBOM(ctx, platform, p, image); err != nil {
		return nil, err
	}
	found, err := wanted.overlaps.wait()
	if err != nil {
		return nil, err
	}
	for _, w := range found.warnings {
		r.warn(ctx, w)
	}
	inputs := found.inputs
	if err := r.addProject(ctx, p, tree, &inputs); err != nil {
		return nil, err
	}
	ref, history, err := r.solveImage(ctx, graph, p, inputs)
	if err != nil {
		return nil, err
	}
	config, err := llb.Config(p, image.base, r.ui.Labels, history, r.epoch)
	if err != nil {
		return nil, err
	}
	return &dockerui.BuildResult{Reference: ref, Image: config, BaseImage: cloneConfig(image.base.Config), Epoch: r.epoch}, nil
}

func cloneConfig(c dockerspec.DockerOCIImage) *dockerspec.DockerOCIImage {
	var clone dockerspec.DockerOCIImage
	data, err := json.Marshal(c)
	if err != nil || json.Unmarshal(data, &clone) != nil {
		return &c
	}
	return &clone
}
