package plan

import (
	"path/filepath"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

// CanBeEditable lists the path dependencies that may run from where they stand: those
// that ask for it (develop = true), in a target whose image has their folders, and
// below the project's own folder, so that a mount over the workdir is over them too.
func CanBeEditable(l *lockfile.Lock, t Target) []*lockfile.Package {
	if !t.Editable {
		return nil
	}
	var all []*lockfile.Package
	for _, p := range l.Packages {
		if p.Develop && p.Source != nil && p.Source.Type == "directory" && p.Source.Subdirectory == "" && filepath.IsLocal(p.Source.URL) {
			all = append(all, p)
		}
	}
	return all
}

// IsEditable says whether Quatrain can make a project importable from its folder as
// Poetry does: it is one that poetry-core builds, and nothing of it has to be built
// (poetry/masonry/builders/editable.py). Other backends have ways of their own.
func IsEditable(p *pyproject.Project) bool {
	return p.PackageMode && p.Layout.BuildScript.Value == "" && IsPoetryCore(p)
}

// IsPoetryCore reports whether poetry-core builds a project.
func IsPoetryCore(p *pyproject.Project) bool { return strings.HasPrefix(p.Layout.Backend, "poetry.") }
