package lint

import (
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

var noCommand = Rule{
	Name:        "NoCommand",
	Description: "the image should have a command",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		t, err := plan.ResolveTarget(p, plan.DefaultTarget)
		if err != nil || t.Image.Command != nil || t.Image.Entrypoint != nil || len(p.ConsoleScripts()) == 1 {
			return nil
		}
		return []finding{{p.Name.At, "the production image starts a Python prompt: set `command` in [tool.quatrain]"}}
	},
}

var rootUser = Rule{
	Name:        "RootUser",
	Description: "the image should not run as root",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		user := p.Quatrain.Image.User
		if !pyproject.IsRoot(user.Value) {
			return nil
		}
		return []finding{{user.At, "the image runs as root: remove `user`, or name another user"}}
	},
}

var healthcheckTool = Rule{
	Name:        "HealthcheckTool",
	Description: "slim images have no curl and no wget for a health check",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		var all []finding
		for _, t := range appTargets(p) {
			h := t.Image.Healthcheck
			if h == nil || len(h.Command) == 0 || !slim(p.Quatrain.Base.Value) {
				continue
			}
			tool := h.Command[0]
			if (tool == "curl" || tool == "wget") && !slices.Contains(t.Apt, tool) {
				all = append(all, finding{h.At, "the image has no " + tool + ": add it to `apt`, or write the check in Python"})
			}
		}
		return once(all)
	},
}

func slim(base string) bool { return base == "" || strings.Contains(base, "-slim") }

// appTargets returns the targets that contain the project, production first.
func appTargets(p *pyproject.Project) []plan.Target {
	var all []plan.Target
	for _, name := range plan.TargetNames(p.Quatrain) {
		if t, err := plan.ResolveTarget(p, name); err == nil && t.Stage == plan.AppStage {
			all = append(all, t)
		}
	}
	return all
}

// once keeps the first finding at each place: what targets inherit is reported where
// it is written.
func once(findings []finding) []finding {
	seen := map[source.Range]bool{}
	return slices.DeleteFunc(findings, func(f finding) bool {
		before := seen[f.at]
		seen[f.at] = true
		return before
	})
}
