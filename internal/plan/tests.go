package plan

import (
	"slices"

	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Reports is the folder for what tests leave: the result of the target "test".
const Reports = "/reports"

// TestCommand is what the target "test" runs: its own command or that of the target that
// it is from, else pytest where it is among the target's packages. Errors: neither.
func (p *Plan) TestCommand() ([]string, error) {
	if own := ownTestCommand(p.Project, p.Target); own != nil {
		return own, nil
	}
	for _, pkg := range p.Packages {
		if pkg.Name == "pytest" {
			return []string{"pytest"}, nil
		}
	}
	return nil, noTestCommand(p.Project, p.Target)
}

// CheckTests refuses a target that runs tests with nothing to run them with, as far as
// the lock tells.
func CheckTests(p *pyproject.Project, l *lockfile.Lock, t Target) error {
	hasPytest := slices.ContainsFunc(l.Packages, func(pkg *lockfile.Package) bool { return pkg.Name == "pytest" })
	if !t.RunsTests || hasPytest || ownTestCommand(p, t) != nil {
		return nil
	}
	return noTestCommand(p, t)
}

// ownTestCommand returns the command of the target or of those that it is from.
func ownTestCommand(p *pyproject.Project, target Target) []string {
	for _, name := range slices.Backward(target.Lineage) {
		if t := findTarget(p.Quatrain, name); t != nil && t.Image.Command != nil && len(t.Image.Command.Args) > 0 {
			return t.Image.Command.Args
		}
	}
	return nil
}

func noTestCommand(p *pyproject.Project, t Target) error {
	return source.Errorf(source.Whole(p.File), "the target %q has no command to run the tests with", t.Name).
		WithHint("Set `command` in [tool.quatrain.target.%s], such as [\"python\", \"-m\", \"unittest\"].", t.Name)
}
