package plan

import (
	"slices"

	"github.com/quatrain-build/quatrain/internal/source"
)

// Reports is the folder for what tests leave: the result of the target "test".
const Reports = "/reports"

// TestCommand is what the target "test" runs: its own command or that of the target that
// it is from, else pytest where it is among the target's packages. Errors: neither.
func (p *Plan) TestCommand() ([]string, error) {
	for _, name := range slices.Backward(p.Target.Lineage) {
		if t := findTarget(p.Project.Quatrain, name); t != nil && t.Image.Command != nil && len(t.Image.Command.Args) > 0 {
			return t.Image.Command.Args, nil
		}
	}
	for _, pkg := range p.Packages {
		if pkg.Name == "pytest" {
			return []string{"pytest"}, nil
		}
	}
	return nil, source.Errorf(source.Whole(p.Project.File), "the target %q has no command to run the tests with", p.Target.Name).
		WithHint("Set `command` in [tool.quatrain.target.%s], such as [\"python\", \"-m\", \"unittest\"].", p.Target.Name)
}
