// Package lint holds rules about projects and locks that build but could be
// better. Rules are data; Check runs them all.
package lint

import (
	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Rule is one thing to look for.
type Rule struct {
	Name        string // CamelCase, as --check prints it
	Description string
	find        func(*pyproject.Project, *lockfile.Lock) []finding
}

// Warning is a rule that something breaks.
type Warning struct {
	Rule    Rule
	At      source.Range
	Message string
}

type finding struct {
	at      source.Range
	message string
}

// Rules lists all rules in the order they are checked.
func Rules() []Rule {
	return []Rule{staleLock, legacyLock, noCommand, rootUser, secretInURL}
}

// Check returns what the rules find, in their order.
func Check(p *pyproject.Project, l *lockfile.Lock) []Warning {
	var all []Warning
	for _, r := range Rules() {
		for _, f := range r.find(p, l) {
			all = append(all, Warning{Rule: r, At: f.at, Message: f.message})
		}
	}
	return all
}

var staleLock = Rule{
	Name:        "StaleLock",
	Description: "poetry.lock must belong to pyproject.toml",
	find: func(p *pyproject.Project, l *lockfile.Lock) []finding {
		if l.Fresh(p.Root) {
			return nil
		}
		return []finding{{l.ContentHash.At, "pyproject.toml changed since poetry.lock was generated: run `poetry lock`"}}
	},
}

var legacyLock = Rule{
	Name:        "LegacyLock",
	Description: "locks from 2.1 on say themselves what each group installs",
	find: func(_ *pyproject.Project, l *lockfile.Lock) []finding {
		if l.HasGroups() {
			return nil
		}
		return []finding{{l.Version.At, "lock-version " + l.Version.Value + " is old: run `poetry lock` with Poetry 2"}}
	},
}

var noCommand = Rule{
	Name:        "NoCommand",
	Description: "the image should know what to run",
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
		if user.Value != "root" && user.Value != "0" && user.Value != "0:0" {
			return nil
		}
		return []finding{{user.At, "the image runs as root: leave `user` out, or name another"}}
	},
}
