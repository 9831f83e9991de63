package frontend

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/quatrain-build/quatrain/frontend/explain"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/llb"
)

// maxRounds bounds how often a plan is made again after what indexes said. Two are usual
// where a file is missing: an sdist in place of a wheel needs pip, which has to be found too.
const maxRounds = 4

// locate asks every index where its files are. Where one has not the best file of the lock,
// the plan is made again with the best that it has. The answers finish the plan.
func (r *request) locate(ctx context.Context, g *llb.Graph, in plan.Input, all *findings) error {
	l := locator{request: r, graph: g, findings: all, answers: map[string]step.Locations{}}
	for range maxRounds {
		instead, err := l.round(ctx, all.plan)
		if err != nil {
			return err
		}
		if maps.Equal(instead, in.Instead) {
			all.plan = all.plan.Locate(l.found)
			return nil
		}
		in.Instead = instead
		if all.plan, err = plan.New(in); err != nil {
			return err
		}
	}
	return errors.New("the indexes give a different answer each time")
}

// locator asks indexes, each question once.
type locator struct {
	request  *request
	graph    *llb.Graph
	findings *findings
	found    plan.Locations            // of the last round
	answers  map[string]step.Locations // by question
}

// round asks all that a plan needs, and returns which files to take in place of others.
func (l *locator) round(ctx context.Context, p *plan.Plan) (map[string]string, error) {
	l.found = plan.Locations{Files: map[string]step.Location{}, ByStep: map[plan.Index]bool{}}
	l.findings.warnings = nil
	instead := map[string]string{}
	note := func(found step.Locations) {
		for _, f := range found.Files {
			l.found.Files[f.SHA256] = f
			if len(f.Instead) > 0 {
				instead[f.Instead[0].SHA256] = f.SHA256
			}
			l.findings.warnings = append(l.findings.warnings, l.request.warnAboutFile(f)...)
		}
	}
	var errs []error // one of each index
	for _, index := range p.Indexes() {
		packages := p.From(index)
		found, err := l.ask(ctx, p, llb.Question(index, packages), l.graph.Forget(index, packages), l.graph.Locate(index, packages))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		l.found.ByStep[index] = found.Step
		note(found)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if p.Builder == nil || len(p.Builder.PipFrom) == 0 {
		return instead, nil
	}
	found, err := l.ask(ctx, p, "pip", l.graph.ForgetPip(p.Builder), l.graph.LocatePip(p.Builder))
	if err != nil {
		return nil, err
	}
	if found.From < 0 || found.From >= len(p.Builder.PipFrom) {
		return nil, fmt.Errorf("pip is on index %d of %d", found.From, len(p.Builder.PipFrom))
	}
	l.found.Pip = p.Builder.PipFrom[found.From]
	l.found.ByStep[l.found.Pip] = l.found.ByStep[l.found.Pip] || found.Step
	note(found)
	return instead, nil
}

// ask solves a Locate, and keeps its answer.
func (l *locator) ask(ctx context.Context, p *plan.Plan, question string, forget, locate bkllb.State) (step.Locations, error) {
	if found, asked := l.answers[question]; asked {
		return found, nil
	}
	var found step.Locations
	if l.graph.IsAsked() {
		if _, err := l.request.solveExplained(ctx, p, forget); err != nil {
			return found, err
		}
	}
	in := &l.findings.inputs
	in.Asked = append(slices.Clip(in.Asked), locate)
	ref, err := l.request.solveExplained(ctx, p, locate)
	if err != nil {
		return found, err
	}
	if err := readJSON(ctx, ref, "locations.json", &found); err != nil {
		return found, fmt.Errorf("reading the addresses that an index gave: %w", err)
	}
	l.answers[question] = found
	return found, nil
}

// warnAboutFile returns what the user has to know of the file that is taken for a package.
func (r *request) warnAboutFile(f step.Location) []*source.Error {
	at := explain.LockEntry(r.lock, f.Package)
	var all []*source.Error
	for _, passed := range f.Instead {
		all = append(all, source.Errorf(at, "%s %s: %s is used instead", passed.Name, passed.Why, f.Name))
	}
	if f.Yanked != "" {
		all = append(all, r.yanked(f))
	}
	return all
}

// goneError is about a file that is not where an answer said, and that its index does not
// have either. The answer may have been an old one.
type goneError struct{ error }

func (e *goneError) Unwrap() error { return e.error }

// asGone makes a goneError of the error of a step other than Locate that missed a file.
func asGone(op *pb.ExecOp, problems []step.Problem, err error) error {
	isGone := func(p step.Problem) bool { return p.Kind == step.NotFound && p.File != "" }
	if args := op.GetMeta().GetArgs(); len(args) < 2 || args[1] == "locate" || !slices.ContainsFunc(problems, isGone) {
		return err
	}
	return &goneError{err}
}
