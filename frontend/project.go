package frontend

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/lint"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/editable"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// projectTree is the project's own files.
type projectTree struct {
	app    bkllb.State  // as the image has them
	folder *bkllb.State // what its wheel is built of, or nil
	files  fs.FS        // app below its workdir, nil where the project is not installed from there
	read   *refFS       // what files reads through

	scripts []*source.File // the starts of shell scripts that commands of the target run
}

// readProject brings the project's files to the builder. No base image and no lock
// bears on them.
func (r *request) readProject(ctx context.Context, g *llb.Graph, t plan.Target) (tree projectTree, err error) {
	if t.Stage != plan.AppStage {
		return tree, nil
	}
	files, err := r.projectContext(ctx)
	if err != nil {
		return tree, err
	}
	tree.app = g.App(t, plan.AppFiles(r.project, r.environments), *files, r.dir)
	wheel := t.AsWheel && t.InstallRoot
	if wheel {
		if tree.folder, err = r.contextFolder(ctx, cmp.Or(r.dir, "."), plan.SourceFiles(r.project, r.environments)); err != nil {
			return tree, err
		}
	}
	fromFiles, scripts := !wheel && (t.InstallRoot || t.Editable), lint.Scripts(t)
	if !fromFiles && len(scripts) == 0 {
		return tree, nil
	}
	ref, err := r.solve(ctx, tree.app)
	if err != nil {
		return tree, err
	}
	read := newRefFS(ctx, ref)
	below := cmp.Or(strings.TrimPrefix(t.Workdir(), "/"), ".")
	for _, name := range scripts {
		data, err := read.ReadStart(path.Join(below, name), lint.MaxScript)
		if err == nil {
			tree.scripts = append(tree.scripts, &source.File{Name: path.Join(r.dir, name), Data: data})
		}
	}
	if !fromFiles {
		return tree, nil
	}
	tree.read = read
	tree.files, err = fs.Sub(read, below)
	return tree, err
}

// warnOfScripts returns warnings about the scripts that commands of the target run.
func (r *request) warnOfScripts(tree projectTree) (warnings []*source.Error) {
	for _, f := range tree.scripts {
		warnings = append(warnings, lint.CheckScript(r.project, r.lock, f)...)
	}
	return warnings
}

// checkProject refuses a target that cannot be built, as far as the project's files and
// the lock tell.
func (r *request) checkProject(t plan.Target, tree projectTree) error {
	var errTests error
	if r.lock != nil {
		errTests = plan.CheckTests(r.project, r.lock, t)
	}
	if t.InstallRoot && t.AsWheel && plan.IsPoetryCore(r.project) {
		return errors.Join(errTests, editable.CheckInside(r.project))
	}
	if tree.files == nil || !t.InstallRoot {
		return errTests
	}
	_, _, err := r.projectFiles(t, tree, "3")
	if failure := tree.unreadable(t.Workdir()); failure != nil {
		return failure
	}
	return errors.Join(errTests, err)
}

// warnOfProject returns warnings about the project's files, such as a script that is not found.
func (r *request) warnOfProject(t plan.Target, tree projectTree) []*source.Error {
	if tree.files == nil || !t.InstallRoot {
		return nil
	}
	_, warnings, _ := r.projectFiles(t, tree, "3")
	return warnings
}

// projectFiles makes the project importable from where its files are.
func (r *request) projectFiles(t plan.Target, tree projectTree, python string) ([]editable.File, []*source.Error, error) {
	return editable.Files(r.project, tree.files, editable.Target{Venv: plan.Venv, Python: python, Root: t.Workdir(), Table: plan.ProjectTable(r.project, t)})
}

// unreadable returns an error for the first file that is there and could not be read.
func (tree projectTree) unreadable(workdir string) error {
	failure := tree.read.failed()
	if failure == nil {
		return nil
	}
	return cannotRead(strings.TrimPrefix(failure.Path, strings.TrimPrefix(workdir, "/")+"/"), failure)
}

// addProject adds the project's files and its own installation.
func (r *request) addProject(ctx context.Context, p *plan.Plan, tree projectTree, in *llb.Inputs) (err error) {
	if p.Target.Stage != plan.AppStage {
		return nil
	}
	in.App, in.Project = &tree.app, tree.folder
	if tree.files == nil {
		return nil
	}
	defer func() {
		// A readme that is not there is no error, but one that cannot be read is.
		if failure := tree.unreadable(p.Target.Workdir()); failure != nil {
			err = failure
		}
	}()
	if in.Installed, err = r.libraryFiles(ctx, p, tree.files); err != nil || !p.Target.InstallRoot {
		return err
	}
	installed, warnings, err := r.projectFiles(p.Target, tree, p.PythonDir())
	for _, w := range warnings {
		r.warn(ctx, w)
	}
	in.Installed = append(in.Installed, installed...)
	return err
}
