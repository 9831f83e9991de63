// Package lint finds problems in projects and locks with the rules of --check.
package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Rule is one thing to look for.
type Rule struct {
	Name        string // CamelCase, as --check prints it
	Description string
	find        func(*pyproject.Project, *lockfile.Lock) []finding
}

// URL returns the address of the rule's explanation.
func (r Rule) URL() string {
	return "https://github.com/quatrain-build/quatrain/blob/main/docs/troubleshooting.md#" + strings.ToLower(r.Name)
}

// Warning is a rule that something breaks.
type Warning struct {
	Rule    Rule
	At      source.Range
	Message string
	text    string // of a build's own error or warning: without its hint
}

type finding struct {
	at      source.Range
	message string
}

// Rules lists all rules in the order they are checked.
func Rules() []Rule {
	return []Rule{
		staleLock, legacyLock, pythonNotAllowed, unusedGroup, optionalInNoExtra, placeholderVersion,
		noCommand, commandNotInstalled, poetryRun, shellSyntax, envNotExpanded, loopbackHost, healthcheckTool,
		rootUser, secretInURL, secretInEnv, secretInFiles, buildWarns, buildRefused,
	}
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

var buildWarns = Rule{
	Name:        "BuildWarns",
	Description: "a build prints this warning",
	find:        func(*pyproject.Project, *lockfile.Lock) []finding { return nil }, // see Warnings
}

var buildRefused = Rule{
	Name:        "BuildRefused",
	Description: "a build of this target fails with this error before anything runs",
	find:        func(*pyproject.Project, *lockfile.Lock) []finding { return nil }, // see Refusals
}

// Once joins lists of warnings and keeps the first of several with the same text: a build
// may warn of what a rule finds, or refuse it.
func Once(lists ...[]Warning) []Warning {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Concat(lists...), func(w Warning) bool {
		before := seen[w.Message] || seen[w.text]
		seen[w.Message], seen[cmp.Or(w.text, w.Message)] = true, true
		return before && w.text != ""
	})
}

// Warnings returns what a build warns of.
func Warnings(warnings []*source.Error) []Warning { return said(buildWarns, warnings) }

// Refusals returns the errors of a build that cannot start, as warnings.
func Refusals(err error) []Warning { return said(buildRefused, source.All(err)) }

func said(r Rule, errs []*source.Error) []Warning {
	var all []Warning
	for _, e := range errs {
		message := e.Message
		if e.Hint != "" {
			message += ". " + e.Hint
		}
		all = append(all, Warning{Rule: r, At: e.At, Message: message, text: e.Message})
	}
	return all
}
