package plan

import (
	"path"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Reports is the folder for what tests leave: the result of the target "test".
const Reports = "/reports"

// TestCommand returns the command of the target "test": its own or that of the target that it
// inherits from, else pytest if that is among the target's packages. Errors: there is
// neither.
func (p *Plan) TestCommand() ([]string, error) {
	if own := ownTestCommand(p.Project, p.Target); own != nil {
		return own.Args, nil
	}
	for _, pkg := range p.Packages {
		if pkg.Name == "pytest" {
			return []string{"pytest"}, nil
		}
	}
	return nil, noTestCommand(p.Project, p.Target, nil)
}

// CheckTests refuses a target that runs tests with nothing to run them with, as far as
// the lock tells: no command and no pytest, or a command that is pytest, and no pytest.
func CheckTests(p *pyproject.Project, l *lockfile.Lock, t Target) error {
	if !t.RunsTests {
		return nil
	}
	installed, others := groupsWith(p, l, t, "pytest")
	if installed {
		return nil
	}
	own := ownTestCommand(p, t)
	if own == nil {
		return noTestCommand(p, t, others)
	}
	if !runsPytest(own.Args) || !IsOfficialPython(p.Quatrain.Base.Value) || slices.ContainsFunc(t.Apt, func(a string) bool { return strings.Contains(a, "pytest") }) {
		return nil // what a base or a Debian package has is not known
	}
	return source.Errorf(own.At, "the target %q runs pytest, and does not install it%s", t.Name, onlyIn(others)).
		WithHint("%s.", hintPytest(t, others))
}

// ownTestCommand returns the command of the target or of those that it is from, nil if
// there is none.
func ownTestCommand(p *pyproject.Project, target Target) *pyproject.Command {
	for _, name := range slices.Backward(target.Lineage) {
		if t := findTarget(p.Quatrain, name); t != nil && t.Image.Command != nil && len(t.Image.Command.Args) > 0 {
			return t.Image.Command
		}
	}
	return nil
}

func runsPytest(args []string) bool {
	name := path.Base(args[0])
	if name == "pytest" || name == "py.test" {
		return !strings.Contains(args[0], "/") || strings.HasPrefix(args[0], Venv+"/")
	}
	return len(args) > 2 && strings.HasPrefix(name, "python") && args[1] == "-m" && args[2] == "pytest"
}

// groupsWith reports whether a target may install a package of the lock, whatever its
// markers say of the platform; others are the groups that have it if it does not.
func groupsWith(p *pyproject.Project, l *lockfile.Lock, t Target, name string) (installed bool, others []string) {
	active, err := activeGroups(p, t)
	if err != nil {
		return true, nil
	}
	for _, pkg := range l.Packages {
		switch {
		case pkg.Name != name:
		case !l.HasGroups() || slices.ContainsFunc(pkg.Groups, func(g string) bool { return slices.Contains(active, pep508.CanonicalName(g)) }):
			return true, nil
		default:
			others = append(others, pkg.Groups...)
		}
	}
	if t.lacksGroups && len(others) > 0 {
		return true, nil // one of them may be meant
	}
	slices.Sort(others)
	return false, slices.Compact(others)
}

func noTestCommand(p *pyproject.Project, t Target, others []string) error {
	at := source.Whole(p.File)
	if own := findTarget(p.Quatrain, t.Name); own != nil {
		at = own.At
	}
	return source.Errorf(at, "the target %q has no test command, and no pytest%s", t.Name, onlyIn(others)).
		WithHint("%s, or set `command` in [tool.quatrain.target.%s], such as [\"python\", \"-m\", \"unittest\"].", hintPytest(t, others), t.Name)
}

func onlyIn(groups []string) string {
	if len(groups) == 0 {
		return ""
	}
	return ": only the group " + list(groups) + " has it"
}

func hintPytest(t Target, groups []string) string {
	if len(groups) == 0 {
		return "Run `poetry add --group test pytest`"
	}
	return "Name the group in `groups` of [tool.quatrain.target." + t.Name + "]"
}
