package plan

import (
	"path"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// neverCopied is what no image wants of a working copy.
var neverCopied = []string{
	".git", ".venv", "**/__pycache__", "**/*.pyc",
	"**/.mypy_cache", "**/.pytest_cache", "**/.ruff_cache",
}

// lockFile is left out where a project does not take it back: in the image it would make a
// new layer of every change of it, and scanners would take all that it names for installed.
const lockFile = "poetry.lock"

// Files selects files of a folder by patterns as in .dockerignore. Nothing in
// Include means all; Exclude wins.
type Files struct {
	Include, Exclude []string
}

// AppFiles selects what of the project's folder goes to the image.
func AppFiles(c pyproject.Config) Files {
	return Files{Include: patterns(c.Include), Exclude: slices.Concat(neverCopied, []string{lockFile}, patterns(c.Exclude))}
}

// SourceFiles selects what a wheel is built of.
func SourceFiles() Files { return Files{Exclude: neverCopied} }

// patterns are relative to the project, however they are written: "/x", "./x".
func patterns(texts []source.Text) []string {
	var all []string
	for _, t := range texts {
		pattern, not := strings.CutPrefix(t.Value, "!")
		pattern = strings.TrimPrefix(path.Clean("/"+pattern), "/")
		if pattern == "" {
			pattern = "**"
		}
		if not {
			pattern = "!" + pattern
		}
		all = append(all, pattern)
	}
	return all
}

// In is the same selection seen from a folder above: dir is where the files are,
// "" or "." for the folder itself.
func (f Files) In(dir string) Files {
	if dir == "" || dir == "." {
		return f
	}
	below := func(patterns []string) []string {
		var all []string
		for _, p := range patterns {
			rest, not := strings.CutPrefix(p, "!")
			rest = path.Join(dir, rest)
			if not {
				rest = "!" + rest
			}
			all = append(all, rest)
		}
		return all
	}
	if len(f.Include) == 0 {
		return Files{Include: []string{dir}, Exclude: below(f.Exclude)}
	}
	return Files{Include: below(f.Include), Exclude: below(f.Exclude)}
}
