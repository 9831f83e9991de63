package editable

import (
	"io/fs"
	"path"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// link is a symbolic link that leads to nothing in the image.
type link struct{ name, to string }

// brokenLink returns the link in a path, or at its end, that leads to nothing in the tree;
// nil if there is none. `poetry install` follows it on a machine that has more than the
// project's folder.
func brokenLink(tree fs.FS, name string) *link {
	for i, c := range name + "/" {
		if c != '/' {
			continue
		}
		at := name[:i]
		info, err := fs.Lstat(tree, at)
		if err != nil {
			return nil
		}
		if info.Mode()&fs.ModeSymlink == 0 || leads(tree, at) {
			continue
		}
		to, err := fs.ReadLink(tree, at)
		if err != nil {
			return nil
		}
		return &link{at, to}
	}
	return nil
}

// leads reports whether a link leads to a folder or a file of the tree.
func leads(tree fs.FS, name string) bool {
	if _, err := fs.ReadDir(tree, name); err == nil {
		return true
	}
	_, err := fs.ReadFile(tree, name)
	return err == nil
}

// fails says that a package cannot be had because of the link.
func (l *link) fails(at source.Range, pattern string) error {
	what := "is a link"
	if l.name != pattern {
		what = "not found: " + l.name + " is a link"
	}
	return source.Errorf(at, "the project cannot be installed: package %q %s to %q, which is not in the image", pattern, what, l.to).
		WithHint(hintOutside)
}

// fixedPart returns the part of a pattern before the first part that matches several names.
func fixedPart(pattern string) string {
	var parts []string
	for part := range strings.SplitSeq(pattern, "/") {
		if strings.ContainsAny(part, "*?[{\\") {
			break
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}

// maxLinks is how many links are named.
const maxLinks = 3

// warnOfLinks warns of links directly in the project's packages that lead to nothing in the
// image: the packages behind them cannot be imported.
func warnOfLinks(p *pyproject.Project, tree fs.FS, roots []string) []*source.Error {
	packages := p.Layout.Packages
	if len(packages) == 0 && len(roots) == 1 {
		packages = []pyproject.Package{{Include: moduleName(p), From: roots[0], At: p.Name.At}}
	}
	var warnings []*source.Error
	for _, pkg := range packages {
		entries, err := fs.ReadDir(tree, path.Join(pkg.From, pkg.Include))
		if err != nil {
			continue // a module, or a pattern
		}
		for _, e := range entries {
			if e.Type()&fs.ModeSymlink == 0 || len(warnings) == maxLinks {
				continue
			}
			if l := brokenLink(tree, path.Join(pkg.From, pkg.Include, e.Name())); l != nil {
				warnings = append(warnings, source.Errorf(pkg.At, "%s is a link to %q, which is not in the image", l.name, l.to).WithHint(hintOutside))
			}
		}
	}
	return warnings
}
