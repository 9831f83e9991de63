package frontend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/poetrytoml"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/versionfile"
)

// The files that a project is read from.
const (
	projectFile = "pyproject.toml"
	lockFile    = "poetry.lock"
	versionFile = ".python-version"
	settingFile = "poetry.toml"
)

// readFiles reads the entry file and the project's files, in one solve each.
func (r *request) readFiles(ctx context.Context) error {
	entry, err := r.ui.ReadEntrypoint(ctx, "TOML")
	if failure := r.reads.failed(); failure != nil {
		return failure
	}
	if errors.Is(err, fs.ErrNotExist) {
		return r.noEntry()
	}
	if err != nil {
		return fmt.Errorf("reading the build file: %w", err)
	}
	r.entry = entry
	if path.Base(entry.Filename) != projectFile {
		r.stub = &source.File{Name: entry.Filename, Data: entry.Data}
		if r.overrides, r.stubError = pyproject.ParseStub(r.stub); r.dir == "" {
			r.dir = folder(r.overrides.ProjectDir.Value)
		}
	}
	wanted := []string{projectFile, lockFile, versionFile, settingFile}
	ref, err := r.solveContext(ctx, "load project definition", append(wanted, environmentFiles()...))
	if err != nil {
		return err
	}
	tree := newRefFS(ctx, ref)
	var read []*task[*source.File]
	for _, name := range wanted {
		read = append(read, begin(r, func() (*source.File, error) { return readFile(tree, path.Join(r.dir, name)) }))
	}
	var errs []error
	for i, name := range wanted {
		f, err := read[i].wait()
		r.files[name], errs = f, append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return errors.Join(err, r.stubError)
	}
	if r.environments, err = r.findEnvironments(tree); err != nil {
		return errors.Join(err, r.stubError)
	}
	if err := r.checkPresent(); err != nil {
		return errors.Join(err, r.stubError)
	}
	return nil
}

// environmentFiles returns the files that tell a virtual environment in the project's
// folder from a package.
func environmentFiles() []string {
	var all []string
	for _, dir := range plan.Environments {
		all = append(all, path.Join(dir, plan.EnvironmentFile))
	}
	return all
}

// findEnvironments returns the folders that are virtual environments.
func (r *request) findEnvironments(tree *refFS) ([]string, error) {
	var all []string
	for _, name := range environmentFiles() {
		switch _, err := tree.Lstat(inTree(path.Join(r.dir, name))); {
		case err == nil:
			all = append(all, path.Dir(name))
		case !errors.Is(err, fs.ErrNotExist):
			return nil, cannotRead(name, err)
		}
	}
	return all, nil
}

// noEntry says that the file that docker build names with -f is not there.
func (r *request) noEntry() error {
	name := cmp.Or(r.client.BuildOpts().Opts["filename"], dockerui.DefaultDockerfileName)
	return source.Errorf(source.Range{}, "%s not found in the build context", name).
		WithHint("Name the build file with -f: it is pyproject.toml or a stub, whose first line is `# syntax=quatrain/poetry:1`.")
}

// folder returns a folder of the context in the form that is joined to paths: "" for the
// context itself.
func folder(name string) string { return strings.Trim(path.Clean("/"+name), "/") }

// solveContext transfers some files of the build context: always, for neither time nor
// size tell that a lock is another one. Its hashes have one length, and the files of some
// checkouts one time.
func (r *request) solveContext(ctx context.Context, name string, files []string) (gwclient.Reference, error) {
	var follow []string
	for _, f := range files {
		follow = append(follow, path.Join(r.dir, f))
	}
	st, err := r.ui.MainContext(ctx, bkllb.FollowPaths(follow), bkllb.SharedKeyHint("quatrain-"+strings.Join(follow, ",")),
		bkllb.Differ(bkllb.DiffNone, false), dockerui.WithInternalName(name))
	if err != nil {
		return nil, err
	}
	return r.solve(ctx, *st)
}

// where names the project's folder.
func (r *request) where() string {
	if r.dir != "" {
		return r.dir + " in the build context"
	}
	return "the build context"
}

func (r *request) checkPresent() error {
	if r.files[projectFile] == nil {
		return source.Errorf(source.Range{}, "%s not found in %s", projectFile, r.where()).
			WithHint("Build from the folder that holds it, or name a sub-folder with --build-arg %s=…. Check that .dockerignore does not exclude it.", argProjectDir)
	}
	return nil
}

// parse reads both files and the stub, and collects all that is wrong with them. What could
// be read of pyproject.toml is kept for the sake of further errors, a broken lock is not.
func (r *request) parse() error {
	project, warnings, errProject := pyproject.Parse(r.files[projectFile])
	r.warnings = append(r.warnings, warnings...)
	errLock := r.parseLock()
	r.project = project
	var errSettings error
	if f := r.files[settingFile]; f != nil {
		r.settings, warnings, errSettings = poetrytoml.Parse(f)
		r.warnings = append(r.warnings, warnings...)
	}
	var errVersion error
	if project != nil && r.readsStub() {
		r.project.Quatrain = r.project.Quatrain.Override(r.overrides)
		errVersion = r.readVersion()
		r.warnings = append(r.warnings, plan.WarnOfSettings(r.project, r.settings)...)
	}
	return errors.Join(errProject, errLock, errSettings, errVersion, r.stubError)
}

// readsStub reports whether the settings of the stub are known, apart from single ones that
// are wrong.
func (r *request) readsStub() bool { return r.stubError == nil || !r.overrides.At.IsZero() }

// parseLock reads poetry.lock.
func (r *request) parseLock() error {
	f := r.files[lockFile]
	if f == nil {
		return source.Errorf(source.Whole(r.files[projectFile]), "%s not found in %s", lockFile, r.where()).
			WithHint("Run `poetry lock` and commit the file. Check that .dockerignore does not exclude it.")
	}
	lock, warnings, err := lockfile.Parse(f)
	r.warnings = append(r.warnings, warnings...)
	if err == nil {
		r.lock = lock
	}
	return err
}

// readVersion reads .python-version where it has a say.
func (r *request) readVersion() error {
	f := r.files[versionFile]
	if f == nil || !plan.AsksVersionFile(r.project, r.ui.BuildArgs[argPython]) {
		return nil
	}
	asked, warnings, err := versionfile.Read(f)
	r.pythonVersion = asked
	r.warnings = append(r.warnings, warnings...)
	return err
}
