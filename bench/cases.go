package main

import (
	"github.com/quatrain-build/quatrain/test/orders"
)

// warm is a build after another one on the same daemon: the cases run in this order,
// and each changes the project that the one before has left.
type warm struct {
	name, title string
	change      func(side, *lab, string) error
	times       int // how often in a round: what takes no time is measured more often
}

// The cases that start with an empty daemon; warmCases follow coldCase.
const (
	coldCase     = "cold"
	exportCase   = "export"
	registryCase = "registry-cache"
	bumpCase     = "registry-bump"
	arm64Case    = "arm64"
)

var warmCases = []warm{
	{"noop", "nothing changed", func(side, *lab, string) error { return nil }, 5},
	{"edit", "an edit of the app", func(_ side, _ *lab, project string) error { return orders.EditApp(project) }, 1},
	{"version", "a version bump", func(s side, _ *lab, project string) error { return s.bumpVersion(project) }, 1},
	{"dependency", "one small dependency bumped", func(s side, _ *lab, project string) error { return s.bumpDependency(project) }, 1},
	{"base", "base image patched", func(_ side, l *lab, _ string) error { return l.useBase("patched") }, 1},
}

// caseTitles are all cases in the order of the report.
func caseTitles() (all []struct{ name, title string }) {
	add := func(name, title string) { all = append(all, struct{ name, title string }{name, title}) }
	add(coldCase, "cold")
	add(exportCase, "of a cold build, the export alone")
	add(registryCase, "cold, with a registry's cache")
	add(bumpCase, "the same, one small dependency bumped")
	for _, w := range warmCases {
		add(w.name, w.title)
	}
	add(arm64Case, "cold, for arm64")
	return all
}
