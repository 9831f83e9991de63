package pyproject

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/source"
)

// python reads the constraint on Python: tool.poetry's, which must be at least as narrow as
// requires-python (poetry-core, factory.py), else requires-python.
func (p *parser) python() {
	own, requires := p.pythonKey(), p.Text(p.pep621.Get("requires-python"))
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

// pythonKey returns the constraint of the key `python`. Values that are not strings do not
// count.
func (p *parser) pythonKey() (own source.Text) {
	for _, e := range entriesOf(p.poetry.Sub("dependencies")) {
		if !isPython(e.Key) {
			continue
		}
		for _, v := range append([]*source.Value{e.Value}, e.Value.Items...) {
			if v.Kind == source.String {
				own = p.Text(v)
			}
		}
	}
	return own
}

func (p *parser) checkConstraint(t source.Text, name string) {
	if t.Value == "" {
		return
	}
	if _, err := pep440.ParseConstraint(t.Value); err != nil {
		p.add(source.Errorf(t.At, "%s: %v", name, err))
	}
}

// checkPythonKey checks the `python` key of a dependency.
func (p *parser) checkPythonKey(t source.Text) {
	if t.Value == "" {
		return
	}
	c, err := pep440.ParseConstraint(t.Value)
	if err == nil && c.Empty() {
		err = fmt.Errorf("no version satisfies %q", t.Value)
	}
	if err != nil {
		p.add(source.Errorf(t.At, "python: %v", err))
	}
}

// wider reports whether a allows a Python that b does not. "*" stands for what
// Poetry means by it, unless there is a requires-python (project_package.py).
func wider(a, b string) bool {
	if a == "*" {
		return b != "*"
	}
	ca, errA := pep440.ParseMarkerConstraint(a)
	cb, errB := pep440.ParseMarkerConstraint(b)
	return errA == nil && errB == nil && !cb.AllowsAll(ca)
}

// An operator may be followed by spaces: "< 3.8".
var spacedOperator = regexp.MustCompile(`([<>=!~^])\s+`)

// parts splits a constraint without alternatives: a comma or a space is "and".
func parts(constraint string) []string {
	joined := spacedOperator.ReplaceAllString(constraint, "$1")
	return strings.FieldsFunc(joined, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// pythonMarker folds a `python` key into a marker (poetry-core, packages/utils/utils.py,
// create_nested_marker). A constraint that allows nothing must not come here.
func pythonMarker(constraint string) string {
	c, err := pep440.ParseConstraint(constraint)
	if constraint == "" || err != nil {
		return ""
	}
	var either []string
	for _, r := range c.Ranges() {
		either = append(either, rangeMarker(r))
	}
	return strings.Join(either, " or ")
}

func rangeMarker(r pep440.Range) string {
	switch {
	case r.IsVersion():
		return comparison("==", *r.Min)
	case isMinor(r):
		return comparison("==", *r.Min) // so does poetry-core when it merges the two
	}
	var all []string
	if r.Min != nil && r.IncludeMin {
		all = append(all, comparison(">=", r.Min.Stable()))
	} else if r.Min != nil {
		all = append(all, fullComparison(">", *r.Min))
	}
	if r.Max != nil && r.IncludeMax {
		all = append(all, fullComparison("<=", *r.Max))
	} else if r.Max != nil {
		all = append(all, comparison("<", r.Max.Stable()))
	}
	return strings.Join(all, " and ")
}

// isMinor reports whether r is one minor version of Python: from 3.10 to below 3.11.
func isMinor(r pep440.Range) bool {
	if r.Min == nil || r.Max == nil || !r.IncludeMin || r.IncludeMax {
		return false
	}
	min, max := *r.Min, r.Max.Stable()
	return !min.IsPrerelease() && min.Precision() == 2 && max.Precision() == 2 && min.Major() == max.Major() && min.Minor()+1 == max.Minor()
}

// comparison compares python_version, or python_full_version where a patch is named.
func comparison(op string, v pep440.Version) string {
	name := "python_version"
	if v.Precision() >= 3 {
		name = "python_full_version"
	}
	return fmt.Sprintf("%s %s %q", name, op, v)
}

// fullComparison handles > and <=: python_version <= "3.10" would include all of 3.10.
func fullComparison(op string, v pep440.Version) string {
	if v.Precision() >= 3 {
		return comparison(op, v.Stable())
	}
	return comparison(op, v.Padded(3))
}

// next counts a number up.
func next(digits string) string {
	n, _ := strconv.Atoi(strings.TrimRight(digits, "abcrdevpost+-"))
	return strconv.Itoa(n + 1)
}
