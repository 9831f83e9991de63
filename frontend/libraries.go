package frontend

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/editable"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// readLibraries reads the pyproject.toml of the path dependencies that may be
// editable. What is none that can be stays a wheel, with a warning.
func (r *request) readLibraries(ctx context.Context, t plan.Target) (map[string]*pyproject.Project, error) {
	candidates := plan.CanBeEditable(r.lock, t)
	if len(candidates) == 0 {
		return nil, nil
	}
	var names []string
	for _, p := range candidates {
		names = append(names, path.Join(p.Source.URL, projectFile))
	}
	ref, err := r.solveContext(ctx, "load path dependencies", names)
	if err != nil {
		return nil, err
	}
	tree := newRefFS(ctx, ref)
	all := map[string]*pyproject.Project{}
	for i, p := range candidates {
		if _, other := r.contexts()[p.Name]; other {
			continue // another folder takes its place: that is not in the image
		}
		f, err := readFile(tree, path.Join(r.dir, names[i]))
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue // the build of its wheel will say so
		}
		project, _, err := pyproject.Parse(f)
		if err != nil || !plan.IsEditable(project) {
			r.warnNotEditable(ctx, p)
			continue
		}
		all[p.Name] = project
	}
	return all, nil
}

func (r *request) warnNotEditable(ctx context.Context, p *lockfile.Package) {
	r.warn(ctx, source.Errorf(p.At, "%s is installed as a wheel: an editable install requires poetry-core and no build script", p.Name))
}

// libraryFiles makes the libraries in the project's folder importable from there.
func (r *request) libraryFiles(ctx context.Context, p *plan.Plan, tree fs.FS) ([]editable.File, error) {
	var all []editable.File
	var errs []error
	for _, pkg := range p.Libraries() {
		folder, err := fs.Sub(tree, pkg.Origin.Path)
		if err != nil {
			return nil, err
		}
		files, warnings, err := editable.Files(pkg.Library, folder, editable.Target{
			Venv: plan.Venv, Python: p.PythonDir(), Root: path.Join(p.Target.Workdir(), pkg.Origin.Path),
		})
		for _, w := range warnings {
			r.warn(ctx, w)
		}
		all, errs = append(all, files...), append(errs, err)
	}
	return all, errors.Join(errs...)
}
