package frontend

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/containerd/platforms"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
)

// withSources turns errors that know their place into BuildKit's, which the
// client prints with the file's excerpt. It is the only place that does.
func (r *request) withSources(err error) error {
	known := source.All(err)
	if len(known) == 0 {
		return err
	}
	var texts []string
	for _, e := range known {
		texts = append(texts, e.Error())
	}
	out := errors.New(strings.Join(texts, "\n"))
	// Clients print the excerpts in the order in which they are added.
	for _, e := range known {
		if at := e.At; at.File != nil && at.Start.Line > 0 {
			out = errdefs.WithSource(out, &errdefs.Source{Info: sourceInfo(at.File), Ranges: ranges(at)})
		}
	}
	return out
}

// Lines of a file that an error carries at most: a message of the gateway has a
// limit, and a lock can have megabytes.
const maxExcerpt = 1 << 20

func sourceInfo(f *source.File) *pb.SourceInfo {
	data := f.Data
	if len(data) > maxExcerpt {
		data = data[:maxExcerpt]
	}
	return &pb.SourceInfo{Filename: f.Name, Language: "TOML", Data: data}
}

func ranges(at source.Range) []*pb.Range {
	start, end := at.Start, at.End
	if end.Line < start.Line {
		end = start
	}
	// A range that ends at the start of a line does not cover that line.
	if end.Line > start.Line && end.Column <= 1 {
		end.Line--
	}
	return []*pb.Range{{
		Start: &pb.Position{Line: int32(start.Line), Character: int32(start.Column)},
		End:   &pb.Position{Line: int32(end.Line), Character: int32(end.Column)},
	}}
}

// warn shows a warning without stopping.
func (r *request) warn(ctx context.Context, w *source.Error) {
	short := w.Message
	if at := w.At.String(); at != "" {
		short += " (" + at + ")"
	}
	opts := gwclient.WarnOpts{}
	if w.Hint != "" {
		short += ". " + w.Hint
	}
	if w.At.File != nil {
		opts.SourceInfo = sourceInfo(w.At.File)
		if w.At.Start.Line > 0 {
			opts.Range = ranges(w.At)
		}
	}
	r.entry.Warn(ctx, short, opts)
}

// yanked says that a file is that its project wants nobody to install.
func (r *request) yanked(f step.Location) *source.Error {
	return source.Errorf(r.lockEntry(f.Package), "the file chosen for %s is yanked: %s (%s)", f.Package, f.Name, f.Yanked)
}

// warnBuilds says which packages are built although others get a wheel: that takes
// long, and compilers.
func (r *request) warnBuilds(ctx context.Context, p *plan.Plan) {
	for _, pkg := range p.Packages {
		if pkg.Build && pkg.OtherWheels > 0 {
			r.warn(ctx, source.Errorf(pkg.At, "%s %s is built from its sdist: none of its %d wheels is for Python %s on %s with %s",
				pkg.Name, pkg.Version, pkg.OtherWheels, p.Base.Version, p.Platform, p.Base.Libc))
		}
	}
}

// warnEmulated says what a builder of another platform has to emulate.
func (r *request) warnEmulated(ctx context.Context, p *plan.Plan) {
	if !r.emulates(p.Platform) {
		return
	}
	for _, n := range p.Native() {
		hint := "That takes emulation registered with the kernel (binfmt_misc), or a builder of that platform"
		if n.Hint != "" {
			hint += "; " + n.Hint
		}
		r.warn(ctx, source.Errorf(n.At, "%s on %s, and this builder is %s", n.What, p.Platform, platformID(r.buildPlatformSpec())).WithHint("%s.", hint))
	}
}

// emulates tells whether the builder's processor does not run a platform's programs.
func (r *request) emulates(platform string) bool {
	p, err := platforms.Parse(platform)
	return err == nil && !platforms.Only(r.buildPlatformSpec()).Match(p)
}

// lockEntry is where the lock names a package.
func (r *request) lockEntry(name string) source.Range {
	for _, p := range r.lock.Packages {
		if p.Name == name {
			return p.At
		}
	}
	return source.Range{}
}

// problems are a helper's problems as errors that point into the lock.
func (r *request) problems(p *plan.Plan, ps []step.Problem) error {
	var all []error
	for _, problem := range ps {
		message := problem.Message
		if p != nil && r.emulates(p.Platform) {
			message = p.Platform + ": " + message
		}
		e := source.Errorf(r.placeOf(p, problem), "%s", message)
		if problem.Hint != "" {
			e = e.WithHint("%s", problem.Hint)
		}
		all = append(all, e)
	}
	if len(all) > 5 {
		all = append(all[:5], source.Errorf(source.Range{}, "and %d more", len(ps)-5))
	}
	return fmt.Errorf("%w", errors.Join(all...))
}

// placeOf is what a problem is about: the base, a command of the target, or a package's entry.
func (r *request) placeOf(p *plan.Plan, problem step.Problem) source.Range {
	if problem.Kind == step.BadBase {
		return r.project.Quatrain.Base.At
	}
	if problem.Kind == step.CommandFailed && p != nil {
		if c := p.Target.Image.Command; c != nil {
			return c.At
		}
		return source.Whole(r.project.File)
	}
	if problem.Kind == step.PrepareFailed && p != nil && p.Target.Prepare != nil {
		return p.Target.Prepare.Command.At
	}
	return r.lockEntry(problem.Package)
}
