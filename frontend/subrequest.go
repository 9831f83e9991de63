package frontend

import (
	"bytes"
	"context"
	"encoding/json"
	"path"
	"slices"

	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/frontend/subrequests"
	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/moby/buildkit/frontend/subrequests/outline"
	"github.com/moby/buildkit/frontend/subrequests/targets"
	"github.com/moby/buildkit/solver/pb"

	quatrainlint "github.com/quatrain-build/quatrain/internal/lint"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
)

// subrequest answers --call and --check from the parsed files. done is false for
// an ordinary build.
func (r *request) subrequest(ctx context.Context) (res *gwclient.Result, done bool, err error) {
	if r.requestID() == subrequests.RequestSubrequestsDescribe {
		res, err := describe()
		return res, true, err
	}
	return r.ui.HandleSubrequest(ctx, dockerui.RequestHandler{
		Outline:     r.outline,
		ListTargets: r.listTargets,
		Lint:        r.lintResults,
	})
}

// requestID names the subrequest, "" for a build.
func (r *request) requestID() string { return r.client.BuildOpts().Opts["requestid"] }

// describe lists what --call understands; dockerui's own list leaves lint out.
func describe() (*gwclient.Result, error) {
	data, err := json.MarshalIndent([]subrequests.Request{
		outline.SubrequestsOutlineDefinition,
		targets.SubrequestsTargetsDefinition,
		lint.SubrequestLintDefinition,
		subrequestSBOM,
		subrequests.SubrequestsDescribeDefinition,
	}, "", "  ")
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := subrequests.PrintDescribe(data, &text); err != nil {
		return nil, err
	}
	res := gwclient.NewResult()
	res.AddMeta("result.json", data)
	res.AddMeta("result.txt", text.Bytes())
	res.AddMeta("version", []byte(subrequests.SubrequestsDescribeDefinition.Version))
	return res, nil
}

func (r *request) outline(context.Context) (*outline.Outline, error) {
	target, err := plan.ResolveTarget(r.project, r.ui.Target)
	if err != nil {
		return nil, err
	}
	return &outline.Outline{
		Name:        target.Name,
		Description: target.Description,
		Args: []outline.Arg{
			{Name: argPython, Description: "version of Python, minor or release", Value: r.ui.BuildArgs[argPython]},
			{Name: argProjectDir, Description: "folder of the project in the build context", Value: r.dir},
			{Name: argUID, Description: "ID of the image's user, for bind mounts", Value: r.ui.BuildArgs[argUID]},
			{Name: argGID, Description: "ID of the group of that user", Value: r.ui.BuildArgs[argGID]},
			{Name: argEpoch, Description: "creation time of the image, in seconds since 1970", Value: r.ui.BuildArgs[argEpoch]},
		},
		Secrets: []outline.Secret{{Name: "ca"}},
	}, nil
}

func (r *request) listTargets(context.Context) (*targets.List, error) {
	list := &targets.List{}
	for _, name := range plan.TargetNames(r.project.Quatrain) {
		t, err := plan.ResolveTarget(r.project, name)
		if err != nil {
			return nil, err
		}
		list.Targets = append(list.Targets, targets.Target{
			Name: t.Name, Description: t.Description, Default: t.Name == plan.DefaultTarget,
		})
	}
	return list, nil
}

func (r *request) lintResults(ctx context.Context) (*lint.LintResults, error) {
	results := &lint.LintResults{Warnings: []lint.Warning{}}
	warnings, refusals := r.lintRefusals(ctx)
	if refusals != nil && source.All(refusals) == nil {
		return nil, refusals // not about the project
	}
	found := quatrainlint.Once(quatrainlint.Check(r.project, r.lock), quatrainlint.Warnings(warnings), quatrainlint.Refusals(refusals))
	files := []*source.File{r.project.File, r.lock.File}
	if r.stub != nil {
		files = append(files, r.stub)
	}
	for _, w := range found {
		if f := w.At.File; f != nil && !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	var places []source.Range
	for _, w := range found {
		if r.skips(w.Rule.Name) {
			continue
		}
		places = append(places, w.At)
		location := &pb.Location{SourceIndex: int32(slices.Index(files, w.At.File))} // -1: no place
		if first, last := w.At.Lines(); first > 0 {
			location.Ranges = []*pb.Range{lines(first, last)}
		}
		results.Warnings = append(results.Warnings, lint.Warning{
			RuleName: w.Rule.Name, Description: w.Rule.Description, URL: w.Rule.URL(), Detail: r.lintMessage(w), Location: location,
		})
	}
	for _, f := range files {
		results.Sources = append(results.Sources, sourceInfo(f.Name, source.Sparse(f, places)))
	}
	return results, nil
}

// lintRefusals returns what a build of the request's target warns of, and what it is refused
// with, but for a stale lock, which is a rule. Targets that cannot be built at all are among
// the latter.
func (r *request) lintRefusals(ctx context.Context) ([]*source.Error, error) {
	var errs []error
	for _, name := range plan.TargetNames(r.project.Quatrain) {
		_, err := plan.ResolveTarget(r.project, name)
		errs = append(errs, err)
	}
	target, err := r.resolveTarget()
	errs = append(errs, err, r.readKnownHosts(ctx))
	var warnings []*source.Error
	if target.Name != "" {
		warnings, err = r.refusals(ctx, target)
		errs = append(errs, err)
	}
	return slices.Concat(r.warnings, warnings), reasons(errs...)
}

// lintMessage names the file where it is not the one of --file: buildx prints that
// one's name above every excerpt.
func (r *request) lintMessage(w quatrainlint.Warning) string {
	if f := w.At.File; f == nil || path.Base(f.Name) == path.Base(r.entry.Filename) {
		return w.Message
	}
	return w.Message + " (" + w.At.String() + ")"
}

// skips follows the option that Dockerfiles have for their rules:
// --build-arg BUILDKIT_DOCKERFILE_CHECK=skip=NoCommand,RootUser.
func (r *request) skips(rule string) bool {
	c := r.ui.LinterConfig
	return c != nil && (c.SkipAll || slices.Contains(c.SkipRules, rule))
}
