package plan

import (
	"slices"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
)

// notInProduction tells the packages of a target that production does not install.
// They go into buckets of their own, so that those of production are the same steps
// in every target: a development build that follows one of production installs what
// it adds, and no more.
//
// A production that cannot be planned shares nothing: what is wrong with it is told
// where it is built.
func notInProduction(in Input, request selection.Request) func(*lockfile.Package) bool {
	none := func(*lockfile.Package) bool { return false }
	target, err := ResolveTarget(in.Project, DefaultTarget)
	if err != nil {
		return none
	}
	groups, err := activeGroups(in.Project, target)
	extras := texts(target.Extras)
	if err != nil || sameSet(groups, request.Groups) && sameSet(extras, request.Extras) {
		return none
	}
	request.Groups, request.Extras = groups, extras
	production, _, err := selected(in, request)
	if err != nil {
		return none
	}
	return func(p *lockfile.Package) bool { return !slices.Contains(production, p) }
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
