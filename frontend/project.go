package frontend

import (
	"cmp"
	"context"
	"io/fs"
	"strings"

	"github.com/quatrain-build/quatrain/internal/editable"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/llb"
)

// addProject adds the project's files and its own installation.
func (r *request) addProject(ctx context.Context, g *llb.Graph, p *plan.Plan, in *llb.Inputs) error {
	if p.Target.Stage != plan.AppStage {
		return nil
	}
	files, err := r.projectContext(ctx)
	if err != nil {
		return err
	}
	app := g.App(p, *files, r.dir)
	in.App = &app
	if p.Target.AsWheel && p.Target.InstallRoot {
		in.Project, err = r.contextFolder(ctx, cmp.Or(r.dir, "."))
		return err
	}
	if !p.Target.InstallRoot && len(p.Libraries()) == 0 {
		return nil
	}
	ref, err := r.solve(ctx, app)
	if err != nil {
		return err
	}
	root := p.Target.Workdir()
	tree, err := fs.Sub(newRefFS(ctx, ref), cmp.Or(strings.TrimPrefix(root, "/"), "."))
	if err != nil {
		return err
	}
	if in.Installed, err = r.libraryFiles(ctx, p, tree); err != nil || !p.Target.InstallRoot {
		return err
	}
	installed, warnings, err := editable.Files(r.project, tree, editable.Target{Venv: plan.Venv, Python: p.PythonDir(), Root: root})
	for _, w := range warnings {
		r.warn(ctx, w)
	}
	in.Installed = append(in.Installed, installed...)
	return err
}
