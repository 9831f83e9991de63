package explain

import (
	"errors"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Problems returns a helper's problems as errors that point into the project's files.
func (b Build) Problems(problems []step.Problem) error {
	var all []error
	for _, problem := range problems {
		message := problem.Message
		if b.Plan != nil && b.Emulated {
			message = b.Plan.Platform + ": " + message
		}
		e := source.Errorf(b.placeOf(problem), "%s", message)
		if hint := b.hintOf(problem); hint != "" {
			e = e.WithHint("%s", hint)
		}
		all = append(all, e)
	}
	return errors.Join(all...)
}

// hintOf returns what to do about a problem: the step's own hint, and which Python a package
// that cannot be built has a wheel for.
func (b Build) hintOf(problem step.Problem) string {
	if b.Plan == nil || problem.Kind != step.BuildFailed {
		return problem.Hint
	}
	for _, pkg := range b.Plan.Packages {
		if pkg.Name == problem.Package {
			return strings.TrimSpace(problem.Hint + " " + b.Plan.HintWheel(pkg))
		}
	}
	return problem.Hint
}

// placeOf returns the range that a problem is about: the base, a command of the target, or a
// package's entry.
func (b Build) placeOf(problem step.Problem) source.Range {
	if problem.Kind == step.BadBase {
		return b.Project.Quatrain.Base.At
	}
	if problem.Kind == step.CommandFailed && b.Plan != nil {
		if c := b.Plan.Target.Image.Command; c != nil {
			return c.At
		}
		return source.Whole(b.Project.File)
	}
	if problem.Kind == step.PrepareFailed && b.Plan != nil && b.Plan.Target.Prepare != nil {
		return b.Plan.Target.Prepare.Command.At
	}
	return LockEntry(b.Lock, problem.Package)
}

// LockEntry returns the range in the lock that names a package. It is empty if none does.
func LockEntry(lock *lockfile.Lock, name string) source.Range {
	for _, p := range lock.Packages {
		if p.Name == name {
			return p.At
		}
	}
	return source.Range{}
}
