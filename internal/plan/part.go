package plan

import "slices"

// Part is a group of a target's steps: what --no-cache-filter names, as it names the
// stages of a Dockerfile.
type Part string

// The parts, in the order in which they are made.
const (
	BasePart    Part = "base"    // what the base image says, runtime packages, user
	BuilderPart Part = "builder" // build packages, and the dependencies with all they take
	ProjectPart Part = "project" // the project's files and its installation
	TestPart    Part = "test"    // the tests
)

// WithoutCache returns the parts to build again if the cache of some targets is not to be
// used. "base" and "builder" are in every target. Naming the target, or one that it inherits
// from, selects the steps it adds to those two.
func (t Target) WithoutCache(named func(target string) bool) []Part {
	var parts []Part
	if named("base") {
		parts = append(parts, BasePart)
	}
	if named("builder") {
		parts = append(parts, BuilderPart)
	}
	switch own := slices.ContainsFunc(t.Lineage, named); {
	case own && t.RunsTests:
		parts = append(parts, TestPart)
	case own && t.Stage == AppStage:
		parts = append(parts, ProjectPart)
	}
	return parts
}
