// Package pep517 makes a wheel of a source tree or an sdist with the backend that
// the source names (PEP 517, PEP 518), as Poetry does (poetry/utils/isolated_build.py):
// build requirements come from the project's indexes, newest versions, into an
// environment that nothing else is in. It runs inside builds, on an image that has
// the interpreter and whatever compilers it takes.
//
// Every path is fixed, and so are time and hash seed: a backend that can make the
// same wheel twice does.
package pep517

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/quatrain-build/quatrain/internal/pep508"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
	"github.com/quatrain-build/quatrain/internal/tags"
)

// work is where a build happens: below the root of a step that is thrown away.
const work = "/.quatrain/build"

// Run is the build step. Its output is one wheel; when it fails, the reason is kept
// for the step's report, so that a long build does not fail twice.
func Run(s step.Build) error {
	if err := keepSecrets(); err != nil {
		return err
	}
	return build(s, work)
}

func build(s step.Build, dir string) error {
	tree, err := source(s, filepath.Join(dir, "source"))
	if err != nil {
		return err
	}
	system, err := readSystem(tree)
	if err != nil {
		return problem(s, err.Error(), "")
	}
	env, err := newEnvironment(s, filepath.Join(dir, "env"))
	if err != nil {
		return err
	}
	defer env.indexes.close()
	if err := env.install(system.requires); err != nil {
		return err
	}
	more, err := env.requirements(tree, system)
	if err != nil {
		return err
	}
	if err := env.install(more); err != nil {
		return err
	}
	if err := os.MkdirAll(s.Out, 0o755); err != nil {
		return err
	}
	if err := env.wheel(tree, system, s.Out); err != nil {
		return err
	}
	if err := check(s); err != nil {
		return err
	}
	return fixed.Tree(s.Out)
}

// check holds the wheel's name against what was asked for. A version that differs
// is said and taken: Poetry takes it too, and not every backend can be told.
func check(s step.Build) error {
	wheels, err := filepath.Glob(filepath.Join(s.Out, "*.whl"))
	if err != nil {
		return err
	}
	if len(wheels) != 1 {
		return problem(s, fmt.Sprintf("its build backend made %d wheels", len(wheels)), "")
	}
	w, err := tags.ParseWheelName(filepath.Base(wheels[0]))
	if err != nil {
		return problem(s, err.Error(), "")
	}
	if got := pep508.CanonicalName(w.Name); got != s.Package {
		return problem(s, fmt.Sprintf("its source makes a wheel of %q", got), "Does the dependency point at the right place?")
	}
	if !sameVersion(w.Version, s.Version) {
		fmt.Fprintf(os.Stderr, "warning: the source of %s makes version %s, the lock has %s\n", s.Package, w.Version, s.Version)
	}
	return nil
}

func problem(s step.Build, message, hint string) *step.Problem {
	return &step.Problem{
		Kind: step.BuildFailed, Package: s.Package, Hint: hint,
		Message: fmt.Sprintf("no wheel could be made of %s %s: %s", s.Package, s.Version, strings.TrimSpace(message)),
	}
}
