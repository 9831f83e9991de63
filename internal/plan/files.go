package plan

import (
	"path"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// lockFile is left out where a project does not take it back: in the image it would make a
// new layer of every change of it, and scanners would take all that it names for installed.
const lockFile = "poetry.lock"

// Files selects files of a folder by patterns as in .dockerignore. Nothing in
// Include means all; Exclude wins.
type Files struct {
	Include, Exclude []string
}

// AppFiles selects what of the project's folder goes to the image. environments are those
// of [Environments] that are virtual environments.
func AppFiles(p *pyproject.Project, environments []string) Files {
	left := append(leftOut(p, environments), lockFile)
	own := patterns(p.Quatrain.Exclude)
	return Files{Include: patterns(p.Quatrain.Include), Exclude: slices.Concat(own, left, takenBack(own, left))}
}

// SourceFiles selects what the project's wheel is built of: its folder, without what no
// image has. What the project takes back for the image is there, too.
func SourceFiles(p *pyproject.Project, environments []string) Files {
	left := leftOut(p, environments)
	return Files{Exclude: append(left, onlyBack(takenBack(patterns(p.Quatrain.Exclude), left))...)}
}

// LibraryFiles selects what the wheel of another project's folder is built of. dir is where
// that is, relative to the project, or outside of it: what the project takes back by a path
// below dir, or for any folder, is there.
func LibraryFiles(p *pyproject.Project, dir string) Files {
	left := slices.Concat(neverCopied, secretFiles)
	var back []string
	for _, pattern := range onlyBack(takenBack(patterns(p.Quatrain.Exclude), left)) {
		if below, ok := strings.CutPrefix(pattern, "!"+path.Clean(dir)+"/"); ok {
			back = append(back, "!"+below)
		} else if strings.HasPrefix(pattern, "!**/") {
			back = append(back, pattern)
		}
	}
	return Files{Exclude: append(left, back...)}
}

// patterns returns the patterns relative to the project, whether written "/x" or "./x".
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

// In returns the same selection relative to a folder above. dir is where the files are, "" or
// "." for the folder itself.
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
