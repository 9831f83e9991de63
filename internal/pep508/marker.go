package pep508

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/pep440"
)

// Marker is a parsed environment marker. The zero Marker holds always.
type Marker struct{ root node }

type node interface{ holds(Environment) bool }

type (
	andNode []node
	orNode  []node
	never   struct{}
)

func (n andNode) holds(e Environment) bool {
	return !slices.ContainsFunc(n, func(c node) bool { return !c.holds(e) })
}

func (n orNode) holds(e Environment) bool {
	return slices.ContainsFunc(n, func(c node) bool { return c.holds(e) })
}

func (never) holds(Environment) bool { return false }

// comparison is `variable op "value"`, or `"value" in variable` where reversed.
type comparison struct {
	variable, op, value string
	reversed            bool
	versions            pep440.Constraint // of a version variable
}

// Evaluate reports whether the marker holds. Comparisons with what only the host's
// kernel knows never fail: text that is no version compares as false.
func (m Marker) Evaluate(e Environment) bool { return m.root == nil || m.root.holds(e) }

// Extras lists the extras that the marker names with ==.
func (m Marker) Extras() []string {
	var all []string
	var walk func(n node)
	walk = func(n node) {
		switch n := n.(type) {
		case andNode:
			for _, c := range n {
				walk(c)
			}
		case orNode:
			for _, c := range n {
				walk(c)
			}
		case comparison:
			if n.variable == "extra" && n.op == "==" {
				all = append(all, CanonicalName(n.value))
			}
		}
	}
	walk(m.root)
	return all
}

func isVersion(variable string) bool {
	return variable == "python_version" || variable == "python_full_version" || variable == "platform_release"
}

func (c comparison) holds(e Environment) bool {
	if c.variable == "extra" {
		return c.extraHolds(e)
	}
	actual, known := e.Values[c.variable]
	switch {
	case !known:
		return true
	case c.reversed:
		return strings.Contains(actual, c.value) == (c.op == "in")
	case isVersion(c.variable):
		v, err := pep440.ParseVersion(releaseOf(c.variable, actual))
		return err == nil && c.versions.Allows(v)
	}
	switch c.op {
	case "==":
		return actual == c.value
	case "!=":
		return actual != c.value
	case "in":
		return slices.Contains(members(c.value), actual)
	default: // not in
		return !slices.Contains(members(c.value), actual)
	}
}

// releaseOf cuts a kernel's release to its numbers: "6.1.0-13-amd64".
func releaseOf(variable, actual string) string {
	if variable == "platform_release" {
		actual, _, _ = strings.Cut(actual, "-")
	}
	return actual
}

// extraHolds compares with the set of asked extras: == is membership.
func (c comparison) extraHolds(e Environment) bool {
	if e.Extras == nil {
		return true
	}
	switch c.op {
	case "==":
		return e.Extras[CanonicalName(c.value)]
	case "!=":
		return !e.Extras[CanonicalName(c.value)]
	}
	any := slices.ContainsFunc(members(c.value), func(m string) bool { return e.Extras[CanonicalName(m)] })
	return any == (c.op == "in")
}

// members splits the list of `in`: poetry-core has membership, not substrings.
func members(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' || r == '|' })
}

// newComparison checks what poetry-core refuses: operators that do not fit the variable.
func newComparison(variable, op, value string, reversed bool) (node, error) {
	variable = aliases(variable)
	c := comparison{variable: variable, op: op, value: value, reversed: reversed}
	ordered := slices.Contains([]string{"<", "<=", ">", ">=", "~="}, op)
	switch {
	case !slices.Contains(variables, variable):
		return nil, fmt.Errorf("%q is not a marker variable", variable)
	case op == "===", reversed && ordered:
		return nil, fmt.Errorf("%s cannot be compared with %s here", variable, op)
	case reversed && op != "in" && op != "not in":
		c.reversed = false
	case !isVersion(variable) && ordered:
		return nil, fmt.Errorf("%s cannot be compared with %s", variable, op)
	}
	if isVersion(variable) && !c.reversed {
		versions, err := versionConstraint(c)
		if err != nil {
			return nil, err
		}
		c.versions = versions
	}
	return c, nil
}

func versionConstraint(c comparison) (pep440.Constraint, error) {
	if c.op != "in" && c.op != "not in" {
		return pep440.ParseConstraint(c.op + c.value)
	}
	all := members(c.value)
	if len(all) == 0 {
		return pep440.Constraint{}, fmt.Errorf("%s %s an empty list", c.variable, c.op)
	}
	op, join := "==", " || "
	if c.op == "not in" {
		op, join = "!=", ", "
	}
	for i, v := range all {
		if c.variable == "python_version" && !strings.HasSuffix(v, ".*") {
			v += ".*"
		}
		all[i] = op + v
	}
	return pep440.ParseConstraint(strings.Join(all, join))
}

var variables = []string{
	"implementation_name", "implementation_version", "os_name", "platform_machine",
	"platform_python_implementation", "platform_release", "platform_system", "platform_version",
	"python_full_version", "python_version", "sys_platform", "extra",
}

func aliases(variable string) string {
	switch variable {
	case "os.name", "sys.platform", "platform.version", "platform.machine", "platform.python_implementation":
		return strings.ReplaceAll(variable, ".", "_")
	case "python_implementation":
		return "platform_python_implementation"
	}
	return variable
}
