package plan

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// DefaultBase is the base image where none is configured.
const DefaultBase = "python:{python}-slim"

// Python is the Python that a build asks its base image for. All targets and all platforms
// of a project have the same one.
type Python struct {
	Version      string        // what replaces {python}: "3.13", "3.11.7", "3.14t"; "" if the base has its own
	FreeThreaded bool          // the base must have one without the GIL
	Why          *source.Error // what to tell of the choice, nil if there is nothing to tell
}

// ChoosePython chooses the Python of a build: what was asked for (a build argument, then
// [tool.quatrain] python, then .python-version), else the default, which in.Target and
// in.Platform do not bear on. Errors: one that was asked for and that the project excludes,
// one that no official image has, none that is allowed.
func ChoosePython(in Input, arg string, versionFile source.Text) (Python, error) {
	for _, asked := range []struct {
		by string
		source.Text
	}{
		{"of the build argument PYTHON_VERSION ", source.Text{Value: strings.TrimSpace(arg)}},
		{"", in.Project.Quatrain.Python},
		{"", versionFile},
	} {
		if asked.Value != "" {
			return askedPython(in, asked.Text, asked.by)
		}
	}
	if hasOwnPython(in.Project) {
		return Python{}, nil
	}
	return defaultPython(in)
}

var askedVersion = regexp.MustCompile(`^(\d{1,2}\.\d{1,2})(\.\d{1,3}(?:(?:a|b|rc)\d{1,3})?)?(t)?$`)

// askedPython reads "3.12", "3.12.4" or "3.14t"; by says who asked, where that has no place.
// A base that is named without {python} has its own, whatever was asked for.
func askedPython(in Input, asked source.Text, by string) (Python, error) {
	m := askedVersion.FindStringSubmatch(asked.Value)
	if m == nil {
		return Python{}, source.Errorf(asked.At, "Python version %q %sis not of the form 3.12 or 3.12.4", asked.Value, by).
			WithHint("Set a version such as 3.12 with --build-arg PYTHON_VERSION, `python` in [tool.quatrain] or .python-version: the first of these that is set is used.")
	}
	minor, version, freeThreaded := m[1], m[1]+m[2], m[3] != ""
	if hasOwnPython(in.Project) {
		return Python{Version: asked.Value, FreeThreaded: freeThreaded}, nil
	}
	if freeThreaded && isOfficial(in.Project.Quatrain.Base.Value) {
		return Python{}, source.Errorf(asked.At, "Python version %q %sis free-threaded, and no official image has such a Python", asked.Value, by).
			WithHint("Set `base` in [tool.quatrain] to an image of your own that has it, or ask for %s, with the GIL.", version)
	}
	allowed := pythonsOf(in.Project, in.Lock)
	if t, excluded := allowed.excludes(version); excluded {
		return Python{}, source.Errorf(t.At, "Python %[2]s is not allowed by the project (%[1]s)", t.Value, version).WithHint("%s", in.hintPython(minor))
	}
	if version == minor {
		version, _ = allowed.tag(seriesOf(minor))
	}
	return Python{Version: version + m[3], FreeThreaded: freeThreaded}, nil
}

// ExcludesPython reports whether the project or its lock does not allow the Python that
// [tool.quatrain] asks for, and which constraint it is.
func ExcludesPython(p *pyproject.Project, l *lockfile.Lock) (source.Text, bool) {
	m := askedVersion.FindStringSubmatch(p.Quatrain.Python.Value)
	if m == nil {
		return source.Text{}, false
	}
	return pythonsOf(p, l).excludes(m[1] + m[2])
}

// hasOwnPython reports whether the base image is named without {python}.
func hasOwnPython(p *pyproject.Project) bool {
	base := p.Quatrain.Base.Value
	return base != "" && !strings.Contains(base, "{python}")
}

// isOfficial reports whether a base image is one of the official images of Python.
func isOfficial(base string) bool {
	name := strings.TrimPrefix(strings.TrimPrefix(base, "index."), "docker.io/")
	return base == "" || strings.HasPrefix(strings.TrimPrefix(name, "library/"), "python:")
}

// hintPython says what to do about a Python that the project excludes: which one it allows,
// of that minor version if there is one.
func (in Input) hintPython(minor string) string {
	all := pythonsOf(in.Project, in.Lock)
	version := "3.12" // no image has one that is allowed: then the form must do
	if all.allow(minor) {
		version = all.newest(seriesOf(minor))
	} else if current, _ := all.allowed(); len(current) > 0 {
		version, _ = all.tag(current[0])
	}
	if hasOwnPython(in.Project) {
		return fmt.Sprintf("Set base = \"python:%s-slim\" in [tool.quatrain], or another image with a Python that the project allows: `python` and PYTHON_VERSION choose among images only if {python} is in the name of `base`.", version)
	}
	return fmt.Sprintf("Set python = %q in [tool.quatrain] (or base = \"python:%s-slim\", or --build-arg PYTHON_VERSION=%s).", version, version, version)
}
