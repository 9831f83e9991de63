// Package pep517 builds a wheel from a source tree or an sdist with the build backend that the
// source names (PEP 517, PEP 518).
//
// It follows Poetry (poetry/utils/isolated_build.py): the newest build requirements come from
// the project's indexes and are installed in a separate environment. The image has the
// interpreter and the compilers.
//
// Two kinds of steps alternate. RunRequirements downloads: it has the network and the logins,
// and runs no code of any package. Run builds: it runs such code, and has neither.
//
// Paths, time and hash seed are fixed, so that a backend that can make the same wheel twice
// does so.
package pep517

import (
	"fmt"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// work is where a step works: below the root of a container that is thrown away.
const work = "/.quatrain/build"

// Names in the output of a Requirements step.
const (
	forSource = "source"
	forSdists = "sdists"
)

// subject is the package whose wheel is made.
type subject struct{ name, version string }

func (s subject) problem(message, hint string) *step.Problem {
	return &step.Problem{
		Kind: step.BuildFailed, Package: s.name, Hint: hint,
		Message: fmt.Sprintf("building %s %s: %s", s.name, s.version, strings.TrimSpace(message)),
	}
}

// isWheel tells the wheels among downloaded files from the sdists.
func isWheel(file string) bool { return strings.HasSuffix(file, ".whl") }
