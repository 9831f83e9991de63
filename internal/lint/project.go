package lint

import (
	"fmt"
	"slices"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

var pythonNotAllowed = Rule{
	Name:        "PythonNotAllowed",
	Description: "`python` must be a version that the project allows",
	find: func(p *pyproject.Project, l *lockfile.Lock) []finding {
		own := p.Quatrain.Python
		if allowed, excluded := plan.ExcludesPython(p, l); excluded {
			return []finding{{own.At, fmt.Sprintf("Python %s is not allowed by the project (%s)", own.Value, allowed.Value)}}
		}
		return nil
	},
}

var unusedGroup = Rule{
	Name:        "UnusedGroup",
	Description: "an optional group is installed only by a target that lists it",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		var used []string
		for _, t := range appTargets(p) {
			used = append(used, installedGroups(p, t)...)
		}
		var all []finding
		for _, g := range p.Groups {
			if g.Optional && !slices.Contains(used, g.Name) {
				all = append(all, finding{g.At, "no target installs the optional group " + g.Name + ": add it to `groups` of a target"})
			}
		}
		return all
	},
}

// installedGroups returns a target's groups by name.
func installedGroups(p *pyproject.Project, t plan.Target) []string {
	if t.Groups != nil {
		return t.Groups
	}
	var all []string
	for _, g := range p.Groups {
		if !g.Optional {
			all = append(all, g.Name)
		}
	}
	return all
}

var placeholderVersion = Rule{
	Name:        "PlaceholderVersion",
	Description: "pyproject.toml should have the real version, not a placeholder that a plugin replaces outside a build",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		if w := plan.WarnOfVersion(p); w != nil {
			return []finding{{w.At, w.Message}}
		}
		return nil
	},
}

var optionalInNoExtra = Rule{
	Name:        "OptionalInNoExtra",
	Description: "an optional dependency is installed only by an extra that lists it",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		var all []finding
		for _, d := range p.Groups[0].Dependencies { // main: other groups have no extras
			if d.Optional && len(d.InExtras) == 0 {
				all = append(all, finding{d.At, d.Name + " is optional and in no extra, so it is never installed: add it to an extra"})
			}
		}
		return once(all)
	},
}
