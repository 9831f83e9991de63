package plan

import (
	"errors"
	"slices"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/source"
)

// selected returns the packages that a target installs, and warnings about them.
//
// Poetry locks two versions of a package if the markers overlap and the packages that need it
// disagree (PyTorch and CUDA's libraries, for example). From 2.3 on Poetry installs both, one
// over the other. Resolving again over the lock, as Poetry did before and still does with
// installer.re-resolve, gives the version that all of them allow. Quatrain does that unless
// resolution = "lock" forbids it.
func selected(in Input, request selection.Request) ([]*lockfile.Package, []*source.Error, error) {
	packages, err := selection.Packages(in.Project, in.Lock, request)
	var twice selection.TwiceError
	if !errors.As(err, &twice) || in.Project.Quatrain.Resolution.Value == "lock" {
		return packages, nil, err
	}
	request.Walk = true
	again, errAgain := selection.Packages(in.Project, in.Lock, request)
	if errAgain != nil {
		return nil, nil, err
	}
	var warnings []*source.Error
	for _, e := range twice {
		w := *e.Error
		w.Hint = "Poetry would install both, one over the other. Constraints in pyproject.toml that exclude each other leave one."
		if i := slices.IndexFunc(again, func(p *lockfile.Package) bool { return p.Name == e.Name }); i >= 0 {
			w.Message += ": " + again[i].Version.Value + " satisfies all of them"
		} else {
			w.Message += ": nothing needs it here"
		}
		warnings = append(warnings, &w)
	}
	return again, warnings, nil
}
