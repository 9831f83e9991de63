package pyproject

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/quatrain-build/quatrain/internal/pep440"
	"github.com/quatrain-build/quatrain/internal/source"
)

// python is the constraint on Python: tool.poetry's, which must be at least as
// narrow as requires-python (poetry-core, factory.py), else that one.
func (p *parser) python() {
	v := p.poetry.Get("dependencies", "python")
	if v != nil && v.Kind == source.TableKind {
		v = v.Table.Get("version")
	}
	own, requires := p.Text(v), p.Text(p.pep621.Get("requires-python"))
	p.checkConstraint(own, "python")
	p.checkConstraint(requires, "requires-python")
	p.project.Metadata.RequiresPython = requires.Value
	p.project.Python = own
	switch {
	case own.Value == "":
		p.project.Python = requires
	case requires.Value != "" && wider(own.Value, requires.Value):
		p.add(source.Errorf(own.At, "python = %q allows versions that requires-python = %q does not", own.Value, requires.Value).
			WithHint("Make `python` in [tool.poetry.dependencies] as narrow as requires-python, or leave it out."))
	}
	if p.project.Python.Value == "" {
		p.project.Python.Value = "*"
	}
}

func (p *parser) checkConstraint(t source.Text, name string) {
	if t.Value == "" {
		return
	}
	if _, err := pep440.ParseConstraint(t.Value); err != nil {
		p.add(source.Errorf(t.At, "%s: %v", name, err))
	}
}

// wider reports whether some Python is in a and not in b. Only versions that can
// exist are tried; "*" stands for those that Poetry means by it.
func wider(a, b string) bool {
	if a == "*" {
		a = "~2.7 || >=3.4"
	}
	ca, errA := pep440.ParseConstraint(a)
	cb, errB := pep440.ParseConstraint(b)
	if errA != nil || errB != nil {
		return false
	}
	for minor := range 30 {
		for patch := range 30 {
			v, err := pep440.ParseVersion(fmt.Sprintf("3.%d.%d", minor, patch))
			if err == nil && ca.Allows(v) && !cb.Allows(v) {
				return true
			}
		}
	}
	return false
}

// An operator may be followed by spaces: "< 3.8".
var spacedOperator = regexp.MustCompile(`([<>=!~^])\s+`)

// parts splits a constraint without alternatives: a comma or a space is "and".
func parts(constraint string) []string {
	joined := spacedOperator.ReplaceAllString(constraint, "$1")
	return strings.FieldsFunc(joined, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// pythonMarker folds a `python` key into a marker.
func pythonMarker(constraint string) string {
	if constraint == "" || constraint == "*" {
		return ""
	}
	var either []string
	for _, alt := range alternatives(constraint) {
		var all []string
		for _, c := range parts(alt) {
			all = append(all, versionMarkers(c)...)
		}
		either = append(either, strings.Join(all, " and "))
	}
	if len(either) == 1 {
		return either[0]
	}
	return "(" + strings.Join(either, ") or (") + ")"
}

// versionMarkers writes one constraint as markers; ^ and ~ become their bounds.
func versionMarkers(c string) []string {
	if strings.HasPrefix(c, "~") && !strings.HasPrefix(c, "~=") && strings.Count(c, ".") == 1 {
		return []string{versionMarker("==", c[1:])} // ~3.10 is 3.10.*
	}
	if c[0] == '^' || c[0] == '~' && !strings.HasPrefix(c, "~=") {
		var all []string
		for _, b := range bounds(c) {
			op := strings.TrimRight(b, "0123456789.")
			all = append(all, versionMarker(op, b[len(op):]))
		}
		return all
	}
	for _, op := range []string{">=", "<=", "==", "!=", "~=", ">", "<"} {
		if v, ok := strings.CutPrefix(c, op); ok {
			return []string{versionMarker(op, v)}
		}
	}
	return []string{versionMarker("==", c)}
}

// versionMarker compares python_version, or python_full_version where a patch is named.
func versionMarker(op, v string) string {
	if minor, ok := strings.CutSuffix(v, ".*"); ok && strings.Count(minor, ".") == 1 {
		v = minor
	}
	if strings.Count(v, ".") > 1 && !strings.HasSuffix(v, ".*") {
		return `python_full_version ` + op + ` "` + v + `"`
	}
	return `python_version ` + op + ` "` + v + `"`
}

// next counts a number up.
func next(digits string) string {
	n, _ := strconv.Atoi(strings.TrimRight(digits, "abcrdevpost+-"))
	return strconv.Itoa(n + 1)
}
