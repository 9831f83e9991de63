// Package explain says what a failed solve means: which vertex failed, what the step has
// reported or git has printed, and the place in the user's files that it is about. It
// works on plain data: it solves nothing and starts no container.
package explain

import (
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

// Build holds what is known of a build that failed.
type Build struct {
	Project *pyproject.Project
	Lock    *lockfile.Lock
	Plan    *plan.Plan        // nil if there is none yet
	SSH     map[string]string // ids of SSH agents by host

	Emulated bool // the plan's platform is not the builder's
}
