package frontend

import (
	"context"
	"fmt"
	"sync"

	"github.com/containerd/platforms"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/quatrain-build/quatrain/frontend/explain"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
)

// maxWarnings is how many warnings of a request are shown.
const maxWarnings = 20

// warnings are those that a request has shown.
type warnings struct {
	mu      sync.Mutex
	seen    map[string]bool
	padding int // see maxPadding
}

// add notes a warning, and reports whether to show it. What is said twice, as of two
// platforms, is shown once.
func (w *warnings) add(text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen[text] {
		return false
	}
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	w.seen[text] = true
	return len(w.seen) <= maxWarnings
}

// fits reports whether a warning's excerpt can be sent, too.
func (w *warnings) fits(x *source.Excerpt) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if x == nil || w.padding+x.Padding() > maxPadding {
		return false
	}
	w.padding += x.Padding()
	return true
}

// warn shows a warning and goes on.
func (r *request) warn(ctx context.Context, w *source.Error) {
	text := w.Message
	if at := w.At.String(); at != "" {
		text += " (" + at + ")"
	}
	if w.Hint != "" {
		text += ". " + w.Hint
	}
	if text = source.Brief(text); !r.shown.add(text) {
		return
	}
	// Without a source dockerui sends the whole build file.
	opts := gwclient.WarnOpts{SourceInfo: sourceInfo(r.entry.Filename, nil)}
	if x := source.NewExcerpt(w.At); r.shown.fits(x) {
		opts.SourceInfo, opts.Range = sourceInfo(x.File, x.Data()), ranges(x)
	}
	r.entry.Warn(ctx, text, opts)
}

// warnOfMore says how many warnings were not shown.
func (r *request) warnOfMore(ctx context.Context) {
	r.shown.mu.Lock()
	defer r.shown.mu.Unlock()
	if n := len(r.shown.seen) - maxWarnings; n > 0 {
		r.entry.Warn(ctx, fmt.Sprintf("and %d more", n), gwclient.WarnOpts{SourceInfo: sourceInfo(r.entry.Filename, nil)})
	}
}

// yanked says that a file is that its project wants nobody to install.
func (r *request) yanked(f step.Location) *source.Error {
	return source.Errorf(explain.LockEntry(r.lock, f.Package), "%s: the chosen file %s was yanked (%s)", f.Package, f.Name, f.Yanked)
}

// warnBuilds says which packages are built although others get a wheel: that takes
// long, and compilers.
func (r *request) warnBuilds(ctx context.Context, p *plan.Plan) {
	for _, pkg := range p.Packages {
		if pkg.Build && pkg.OtherWheels > 0 {
			w := source.Errorf(pkg.At, "%s %s is built from its sdist: none of its %d wheels is for Python %s on %s with %s",
				pkg.Name, pkg.Version, pkg.OtherWheels, p.Base.Version, p.Platform, p.Base.Libc)
			if hint := p.HintWheel(pkg); hint != "" {
				w = w.WithHint("%s", hint)
			}
			r.warn(ctx, w)
		}
	}
}

// warnOnBuild says that a base image has instructions for Dockerfiles.
func (r *request) warnOnBuild(ctx context.Context, image *baseImage) {
	if n := len(image.base.Config.Config.OnBuild); n > 0 {
		r.warn(ctx, source.Errorf(r.project.Quatrain.Base.At, "the base image's %d ONBUILD instructions are ignored", n).
			WithHint("Use another base image, or add what they do to [tool.quatrain]."))
	}
}

// warnEmulated says what a builder of another platform has to emulate.
func (r *request) warnEmulated(ctx context.Context, p *plan.Plan) {
	if !r.emulates(p.Platform) {
		return
	}
	for _, n := range p.Native() {
		hint := "This needs emulation (QEMU, registered as binfmt_misc) or a builder of that platform"
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
