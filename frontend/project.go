package frontend

import (
	"context"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"

	"github.com/quatrain-build/quatrain/internal/editable"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// neverCopied is what no image wants of a working copy.
var neverCopied = []string{
	".git", ".venv", "**/__pycache__", "**/*.pyc",
	"**/.mypy_cache", "**/.pytest_cache", "**/.ruff_cache",
}

// addProject adds the project's files and its own installation.
func (r *request) addProject(ctx context.Context, p *plan.Plan, in *llb.Inputs) error {
	if p.Target.Stage != plan.AppStage {
		return nil
	}
	app, err := r.appContext(ctx)
	if err != nil {
		return err
	}
	in.App = app
	if !p.Target.InstallRoot {
		return nil
	}
	ref, err := r.solve(ctx, *app)
	if err != nil {
		return err
	}
	files, warnings, err := editable.Files(r.project, newRefFS(ctx, ref), editable.Target{
		Venv: plan.Venv, Python: pythonMinor(p), Root: p.Target.Workdir(),
	})
	for _, w := range warnings {
		r.warn(ctx, w)
	}
	in.Installed = files
	return err
}

func pythonMinor(p *plan.Plan) string {
	parts := strings.SplitN(p.Base.Version, ".", 3)
	return parts[0] + "." + parts[1]
}

// appContext is the part of the context that goes to the image.
func (r *request) appContext(ctx context.Context) (*bkllb.State, error) {
	ignored, err := r.ui.DockerIgnorePatterns(ctx)
	if err != nil {
		return nil, err
	}
	exclude := append(append(ignored, neverCopied...), textValues(r.project.Quatrain.Exclude)...)
	opts := []bkllb.LocalOption{
		bkllb.ExcludePatterns(exclude),
		bkllb.SharedKeyHint("quatrain-app"),
		dockerui.WithInternalName("load project"),
	}
	if include := textValues(r.project.Quatrain.Include); len(include) > 0 {
		opts = append(opts, bkllb.IncludePatterns(include))
	}
	st, err := r.ui.MainContext(ctx, opts...)
	if err != nil {
		return nil, err
	}
	if r.dir == "" {
		return st, nil
	}
	sub := bkllb.Scratch().File(bkllb.Copy(*st, "/"+r.dir, "/", &bkllb.CopyInfo{CopyDirContentsOnly: true}),
		dockerui.WithInternalName("project folder "+r.dir))
	return &sub, nil
}

func textValues(ts []source.Text) []string {
	var all []string
	for _, t := range ts {
		all = append(all, t.Value)
	}
	return all
}
