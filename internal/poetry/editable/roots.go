package editable

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// roots returns the folders that go on sys.path, relative to the project. They come from
// [tool.poetry] packages, whatever format each is for, in the file's order (Poetry's is
// random). Without that key it is the folder with the module named after the project
// (poetry/core/masonry/utils/module.py). Errors, joined: packages that are not found, which
// Poetry refuses too.
func roots(p *pyproject.Project, tree fs.FS, t Target) ([]string, error) {
	if len(p.Layout.Packages) == 0 {
		root, err := defaultRoot(p, tree, t)
		return []string{root}, err
	}
	var all []string
	var errs []error
	for _, pkg := range p.Layout.Packages {
		errs = append(errs, checkPackage(tree, pkg))
		if from := path.Clean(pkg.From); !slices.Contains(all, from) {
			all = append(all, from)
		}
	}
	return all, errors.Join(errs...)
}

// defaultRoot looks for the module flat, then under src.
func defaultRoot(p *pyproject.Project, tree fs.FS, t Target) (string, error) {
	module := moduleName(p)
	for _, from := range []string{".", "src"} {
		folder, file := path.Join(from, module), path.Join(from, module+".py")
		for _, name := range []string{folder, file} {
			if link := brokenLink(tree, name); link != nil {
				return "", link.fails(p.Name.At, name)
			}
		}
		isFolder, isFile := isDir(tree, folder), isFile(tree, file)
		switch {
		case isFolder && isFile:
			return "", source.Errorf(p.Name.At, "the project cannot be installed: both %s and %s exist", folder, file).
				WithHint("Remove one, or name the package in [tool.poetry] packages.")
		case isFolder:
			return from, checkPackage(tree, pyproject.Package{Include: module, From: from, At: p.Name.At})
		case isFile:
			return from, nil
		}
	}
	otherwise := ""
	if t.Table != "" {
		otherwise = ", or set `project` in " + t.Table + ": \"none\" does not install it, \"wheel\" asks its build backend"
	}
	return "", source.Errorf(p.Name.At, "the project cannot be installed: no folder %s and no %s.py, here or in src", module, module).
		WithHint("Name the importable package in [tool.poetry] packages%s. Files that .dockerignore or `exclude` leave out are not found.", otherwise)
}

// checkPackage refuses what poetry-core does (masonry/utils/package_include.py): a
// pattern that nothing matches, and a folder or a set of files without a module.
func checkPackage(tree fs.FS, pkg pyproject.Package) error {
	pattern := path.Join(pkg.From, pkg.Include)
	if err := checkInside(pkg); err != nil {
		return err
	}
	if link := brokenLink(tree, fixedPart(pattern)); link != nil {
		return link.fails(pkg.At, pattern)
	}
	elements, err := doublestar.Glob(tree, pattern)
	if err != nil {
		return source.Errorf(pkg.At, "package %q: %v", pattern, err)
	}
	slices.Sort(elements)
	modules := elements
	switch {
	case len(elements) == 0:
		return source.Errorf(pkg.At, "the project cannot be installed: package %q not found", pattern).
			WithHint("Correct `packages` in [tool.poetry], or check that .dockerignore or `exclude` does not hide it.")
	case len(elements) == 1 && !isDir(tree, elements[0]):
		return nil // a module
	case len(elements) == 1:
		modules = below(tree, elements[0])
	}
	if slices.ContainsFunc(modules, isModule) || isStubs(tree, pkg, elements[0], modules) {
		return nil
	}
	return source.Errorf(pkg.At, "the project cannot be installed: %q is not a package: it has no module", pattern).
		WithHint("Name a folder with at least one .py file, or check that .dockerignore or `exclude` does not hide them.")
}

// CheckInside refuses packages that are outside of the project's folder.
func CheckInside(p *pyproject.Project) error {
	var errs []error
	for _, pkg := range p.Layout.Packages {
		errs = append(errs, checkInside(pkg))
	}
	return errors.Join(errs...)
}

func checkInside(pkg pyproject.Package) error {
	if pattern := path.Join(pkg.From, pkg.Include); !fs.ValidPath(pattern) {
		return source.Errorf(pkg.At, "package %q is outside the project", pattern).WithHint(hintOutside)
	}
	return nil
}

// hintOutside is what to do about a package that is not in the image.
const hintOutside = "Only the project's own folder is in the image: move the package there, or depend on it by path."

func isModule(name string) bool { return path.Ext(name) == ".py" }

// isStubs tells a package of types only (PEP 561).
func isStubs(tree fs.FS, pkg pyproject.Package, first string, elements []string) bool {
	name := path.Base(first)
	if strings.ContainsAny(pkg.Include, "*?[") {
		name = path.Base(path.Dir(first))
	}
	return strings.HasSuffix(name, "-stubs") && !slices.ContainsFunc(elements, func(e string) bool {
		return path.Ext(e) != ".pyi" && path.Base(e) != "py.typed" && !isDir(tree, e)
	})
}

// below returns the files of a folder at any depth, up to the first module.
func below(tree fs.FS, dir string) []string {
	var all []string
	fs.WalkDir(tree, dir, func(name string, _ fs.DirEntry, err error) error {
		all = append(all, name)
		if err != nil || isModule(name) {
			return fs.SkipAll
		}
		return nil
	})
	return all
}

// isDir reports whether a name, with links followed, is that of a folder. Stat of a tree
// need not follow them.
func isDir(tree fs.FS, name string) bool {
	_, err := fs.ReadDir(tree, name)
	return err == nil
}

// isFile reports whether there is something else of a name.
func isFile(tree fs.FS, name string) bool {
	_, err := fs.Lstat(tree, name)
	return err == nil && !isDir(tree, name)
}
