package plan

import (
	"fmt"
	"slices"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/tags"
)

// elsewhere returns the newest Python that the project allows and that the lock has a wheel
// of a package for, on the platform of a plan; "" if there is none.
type elsewhere func(*lockfile.Package) string

// findElsewhere returns an elsewhere that makes each list of tags once.
func findElsewhere(in Input) elsewhere {
	machine, err := Machine(in.Platform)
	all := pythonsOf(in.Project, in.Lock)
	current, old := all.allowed()
	minors := append(slices.Clip(current), old...)
	lists := make([]*tags.List, len(minors))
	options := selection.FileOptions{NoBinary: in.Settings.NoBinary, OnlyBinary: in.Settings.OnlyBinary}
	return func(pkg *lockfile.Package) string {
		if err != nil || !slices.ContainsFunc(pkg.Files, isWheel) {
			return ""
		}
		for i, minor := range minors {
			if lists[i] == nil {
				version, errVersion := pep440.ParseVersion(all.newest(minor))
				if errVersion != nil {
					continue
				}
				made := tags.Linux(interpreter(version, false), machine, in.Base.Libc, true)
				lists[i] = &made
			}
			if files := selection.Candidates(pkg, *lists[i], options); len(files) > 0 && isWheel(files[0]) {
				version, _ := all.tag(minor)
				return version
			}
		}
		return ""
	}
}

// hintWheel says how to get the wheel of a package that is there for another Python.
func hintWheel(p *pyproject.Project, pkg, python string) string {
	if hasOwnPython(p) {
		return fmt.Sprintf("Set base = \"python:%s-slim\" in [tool.quatrain], or another image with Python %s: the lock has a wheel of %s for it.", python, python, pkg)
	}
	return fmt.Sprintf("Set python = %q in [tool.quatrain]: the lock has a wheel of %s for it.", python, pkg)
}

// HintWheel says how to get a wheel of a package that is built, "" if there is no way.
func (p *Plan) HintWheel(pkg Package) string {
	if pkg.Elsewhere == "" {
		return ""
	}
	return hintWheel(p.Project, pkg.Name, pkg.Elsewhere)
}
