package editable

import (
	"path"

	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Exists answers whether a file or folder is there, relative to the project.
type Exists func(name string) (bool, error)

// Roots finds the folders that go on sys.path: those of [tool.poetry] packages,
// else the one that holds the module of the project's name, flat or under src
// (poetry/core/masonry/utils/module.py).
// Errors: a package that is not there, as Poetry refuses it.
func Roots(p *pyproject.Project, exists Exists) ([]string, error) {
	if len(p.Layout.Packages) > 0 {
		return configuredRoots(p, exists)
	}
	module := moduleName(p)
	for _, from := range []string{"", "src"} {
		for _, name := range []string{module, module + ".py"} {
			found, err := exists(path.Join(from, name))
			if err != nil {
				return nil, err
			}
			if found {
				return []string{from}, nil
			}
		}
	}
	return nil, source.Errorf(p.Name.At, "the project could not be installed: there is no %s folder and no %s.py, neither here nor in src", module, module).
		WithHint("Name the importable package in [tool.poetry] packages, or set package-mode = false if the project is not to be installed. Files that .dockerignore or `exclude` leave out are not found.")
}

func configuredRoots(p *pyproject.Project, exists Exists) ([]string, error) {
	var roots []string
	seen := map[string]bool{}
	for _, pkg := range p.Layout.Packages {
		first, _ := splitGlob(pkg.Include)
		found, err := exists(path.Join(pkg.From, first))
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, source.Errorf(pkg.At, "the project could not be installed: package %q is not there", path.Join(pkg.From, pkg.Include)).
				WithHint("Mend [tool.poetry] packages. Files that .dockerignore or `exclude` leave out are not found.")
		}
		if !seen[pkg.From] {
			seen[pkg.From] = true
			roots = append(roots, pkg.From)
		}
	}
	return roots, nil
}

// splitGlob is the part of a pattern before its first wildcard, and the rest.
func splitGlob(pattern string) (dir, rest string) {
	for i, r := range pattern {
		if r == '*' || r == '?' || r == '[' {
			return path.Dir(pattern[:i] + "x"), pattern[i:]
		}
	}
	return pattern, ""
}
