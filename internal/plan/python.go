package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/pep440"
	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/tags"
)

// minors are the Python versions that official images exist for, newest first.
var minors = []string{"3.14", "3.13", "3.12", "3.11", "3.10", "3.9"}

// DefaultBase is the base image where none is configured.
const DefaultBase = "python:{python}-slim"

// PythonMinor chooses the minor version of Python: what was asked for (a build
// argument, then [tool.quatrain] python, then .python-version), else the newest
// that project and lock allow and for which every package of the target has a
// wheel, else the newest that they allow. Errors: one that was asked for and that
// the project excludes, none that is allowed.
func PythonMinor(in Input, arg, versionFile string) (string, error) {
	for _, asked := range []struct {
		by string
		source.Text
	}{
		{"of the build argument PYTHON_VERSION ", source.Text{Value: arg}},
		{"", in.Project.Quatrain.Python},
		{"of .python-version ", source.Text{Value: firstWord(versionFile)}},
	} {
		if asked.Value != "" {
			minor, err := minorOf(asked.Text, asked.by)
			if err != nil {
				return "", err
			}
			return minor, checkMinor(in, minor)
		}
	}
	allowed := allowedMinors(in.Project, in.Lock)
	for _, minor := range allowed {
		if hasWheels(in, minor) {
			return minor, nil
		}
	}
	if len(allowed) > 0 {
		return allowed[0], nil
	}
	return "", source.Errorf(in.Project.Python.At, "no version of Python that Quatrain knows is allowed by %q", in.Project.Python.Value).
		WithHint("Known are %s. Set `python` and `base` in [tool.quatrain] for another.", list(minors))
}

// minorOf reads "3.12" or "3.12.4"; by says who asked, where that has no place.
func minorOf(asked source.Text, by string) (string, error) {
	v, err := pep440.ParseVersion(strings.TrimSuffix(asked.Value, "t"))
	if err != nil || strings.Count(asked.Value, ".") == 0 {
		return "", source.Errorf(asked.At, "python version %q %sis not of the form 3.12", asked.Value, by).
			WithHint("`python` in [tool.quatrain] comes before .python-version, --build-arg PYTHON_VERSION before both.")
	}
	return fmt.Sprintf("%d.%d", v.Major(), v.Minor()), nil
}

// checkMinor refuses what the project excludes before an image of it is looked for.
// A base that is named without {python} has its own, whatever was asked for.
func checkMinor(in Input, minor string) error {
	if base := in.Project.Quatrain.Base.Value; base != "" && !strings.Contains(base, "{python}") {
		return nil
	}
	series, err := pep440.ParseConstraint(minor + ".*")
	if err != nil {
		return err
	}
	for _, allowed := range []source.Text{in.Project.Python, in.Lock.PythonVersions} {
		if !allows(allowed, series) {
			return source.Errorf(allowed.At, "the project allows Python %s, and not %s", allowed.Value, minor).WithHint(hintPython)
		}
	}
	return nil
}

// hintPython is what to do about a Python that the project excludes.
const hintPython = "Set `python` in [tool.quatrain] (or --build-arg PYTHON_VERSION) to a version that the project allows."

func firstWord(s string) string {
	if words := strings.Fields(s); len(words) > 0 {
		return words[0]
	}
	return ""
}

func allowedMinors(p *pyproject.Project, l *lockfile.Lock) []string {
	var all []string
	for _, minor := range minors {
		series, err := pep440.ParseConstraint(minor + ".*")
		if err == nil && allows(p.Python, series) && allows(l.PythonVersions, series) {
			all = append(all, minor)
		}
	}
	return all
}

// allows is true for a constraint that cannot be read: New reports it with its place.
func allows(t source.Text, series pep440.Constraint) bool {
	if t.Value == "" {
		return true
	}
	c, err := pep440.ParseConstraint(t.Value)
	return err != nil || c.AllowsAny(series)
}

// hasWheels plans the target for an official image of that minor: no package that
// has wheels would have to be built. The newest patch release is assumed: lower
// bounds within a minor are all there is in practice.
func hasWheels(in Input, minor string) bool {
	in.Base = base.Facts{Version: minor + ".99", Libc: tags.Libc{Family: "glibc", Major: 2, Minor: 36}}
	p, err := New(in)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(p.Packages, func(pkg Package) bool { return pkg.Build && pkg.OtherWheels > 0 })
}
