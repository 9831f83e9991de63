package frontend

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// addTrees finds the folders and files that packages come from: parts of the build
// context, and build contexts of a package's name, which take the place of what the
// lock says. Errors, joined: a path that leaves the context.
func (r *request) addTrees(ctx context.Context, p *plan.Plan, in *llb.Inputs) error {
	in.Trees = map[string]bkllb.State{}
	var errs []error
	for _, pkg := range p.Installed() {
		if pkg.Origin.Kind == plan.FromIndex {
			continue
		}
		tree, err := r.treeOf(ctx, pkg)
		errs = append(errs, err)
		if tree != nil {
			in.Trees[pkg.Name] = *tree
		}
	}
	return errors.Join(errs...)
}

// treeOf returns the source tree of a package, or nil if it has none.
func (r *request) treeOf(ctx context.Context, pkg plan.Package) (*bkllb.State, error) {
	switch pkg.Origin.Kind {
	case plan.FromContext:
		return r.workingCopy(ctx, pkg.Origin.Path)
	case plan.FromDirectory:
		at, err := r.inContext(pkg, pkg.Origin.Path)
		if err != nil {
			return nil, err
		}
		files := plan.LibraryFiles(r.project, pkg.Origin.Path)
		st, err := r.loadFolder(ctx, at, files)
		if err != nil {
			return nil, err
		}
		return sub(*st, at, files.Exclude), r.isThere(ctx, pkg, *st, at)
	case plan.FromFile:
		if name, ok := r.contexts()[pkg.Name]; ok {
			return r.namedContext(ctx, name)
		}
		at, err := r.inContext(pkg, pkg.Origin.Path)
		if err != nil {
			return nil, err
		}
		st, err := r.loadFile(ctx, at)
		if err != nil {
			return nil, err
		}
		return sub(*st, path.Dir(at), nil), r.isThere(ctx, pkg, *st, at)
	}
	return nil, nil
}

// contexts returns the names of the request's build contexts by their canonical form, since
// packages are named so. If two names have the same form, the first in order counts.
func (r *request) contexts() map[string]string {
	all := map[string]string{}
	for _, option := range slices.Backward(slices.Sorted(maps.Keys(r.client.BuildOpts().Opts))) {
		if name, ok := strings.CutPrefix(option, "context:"); ok {
			all[pep508.CanonicalName(name)] = name
		}
	}
	return all
}

// workingCopy returns a build context without what no build needs: .git, .venv, caches.
func (r *request) workingCopy(ctx context.Context, name string) (*bkllb.State, error) {
	exclude := plan.LibraryFiles(r.project, "..").Exclude
	nc, err := r.ui.NamedContext(name, dockerui.ContextOpt{
		NoDockerignore: true, // it is for the images of that project
		AsyncLocalOpts: func() []bkllb.LocalOption { return []bkllb.LocalOption{bkllb.ExcludePatterns(exclude)} },
	})
	if err != nil || nc == nil {
		return nil, err
	}
	st, _, err := nc.Load(ctx)
	if err != nil {
		return nil, err
	}
	return sub(*st, "", exclude), nil
}

// inContext returns a path of the lock, which is relative to the project, relative to the
// build context.
func (r *request) inContext(pkg plan.Package, name string) (string, error) {
	at := path.Join(r.dir, name)
	if path.IsAbs(name) || at == ".." || strings.HasPrefix(at, "../") {
		folder := name
		if pkg.Origin.Kind == plan.FromFile {
			folder = path.Dir(name)
		}
		return "", source.Errorf(pkg.At, "%s: path dependency %s is outside the build context", pkg.Name, name).
			WithHint("Pass it as a named context: --build-context %s=%s (compose: additional_contexts). Or build from the folder above both, with --build-arg %s=….",
				pkg.Name, folder, argProjectDir)
	}
	return at, nil
}

// isThere says what BuildKit's own error could not: which package's folder or file is
// missing. Later steps need the same files, so that nothing is transferred for it.
func (r *request) isThere(ctx context.Context, pkg plan.Package, tree bkllb.State, at string) error {
	ref, err := r.solve(ctx, tree)
	if err != nil {
		return err
	}
	_, err = newRefFS(ctx, ref).Lstat(inTree(at))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannotRead(at, err)
	}
	if err != nil {
		return source.Errorf(pkg.At, "%s: path dependency %s not found in the build context", pkg.Name, at).
			WithHint("Check that .dockerignore does not exclude it.")
	}
	return nil
}

// contextFolder returns one folder of the build context as a separate tree, so that nothing
// beside it is part of the key.
func (r *request) contextFolder(ctx context.Context, dir string, files plan.Files) (*bkllb.State, error) {
	st, err := r.loadFolder(ctx, dir, files)
	if err != nil {
		return nil, err
	}
	return sub(*st, dir, files.Exclude), nil
}

func (r *request) loadFolder(ctx context.Context, dir string, files plan.Files) (*bkllb.State, error) {
	return r.mainContext(ctx, files.In(dir),
		bkllb.SharedKeyHint("quatrain-path-"+dir), dockerui.WithInternalName("load "+dir))
}

func (r *request) loadFile(ctx context.Context, name string) (*bkllb.State, error) {
	return r.mainContext(ctx, plan.Files{}, bkllb.FollowPaths([]string{name}),
		bkllb.SharedKeyHint("quatrain-file-"+name), dockerui.WithInternalName("load "+name))
}

// sub makes a folder of a tree a tree.
func sub(st bkllb.State, dir string, exclude []string) *bkllb.State {
	copied := bkllb.Scratch().File(
		bkllb.Copy(st, path.Join("/", dir), "/", &bkllb.CopyInfo{CopyDirContentsOnly: true, ExcludePatterns: exclude}),
		dockerui.WithInternalName("folder "+dir))
	return &copied
}
