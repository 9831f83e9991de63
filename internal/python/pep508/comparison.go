package pep508

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
)

var variables = []string{
	"implementation_name", "implementation_version", "os_name", "platform_machine",
	"platform_python_implementation", "platform_release", "platform_system", "platform_version",
	"python_full_version", "python_version", "sys_platform", "extra",
}

func isVersion(variable string) bool {
	return variable == "python_version" || variable == "python_full_version" || variable == "platform_release"
}

// aliases maps the spellings of PEP 345.
func aliases(variable string) string {
	switch variable {
	case "os.name", "sys.platform", "platform.version", "platform.machine", "platform.python_implementation":
		return strings.ReplaceAll(variable, ".", "_")
	case "python_implementation":
		return "platform_python_implementation"
	}
	return variable
}

// newComparison follows poetry-core's SingleMarker. Errors: an unknown variable, an operator
// that does not fit the variable, a value that is not a version.
func newComparison(variable, op, value string, reversed bool) (node, error) {
	c := comparison{variable: aliases(variable), op: op, value: value, reversed: reversed}
	list := op == "in" || op == "not in"
	switch {
	case !slices.Contains(variables, c.variable):
		return nil, fmt.Errorf("%q is not a marker variable", variable)
	case reversed && !list:
		return nil, fmt.Errorf("%q %s %s: the variable must come first", value, op, variable)
	case reversed && (value == "" || strings.Contains(value, "\n")):
		return nil, fmt.Errorf("%q %s %s has no meaning", value, op, variable)
	case reversed && strings.HasPrefix(c.variable, "python_"):
		c.reversed = false // "3.8" in python_version is python_version in "3.8"
	case list && !reversed:
		c.value = strings.TrimLeft(value, " \t")
	}
	var err error
	if isVersion(c.variable) && !c.reversed {
		c.versions, err = versions(c)
	} else {
		c.text, err = alternatives(c)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", variable, op, err)
	}
	return c, nil
}

// versions returns the set that a version variable is compared with.
func versions(c comparison) (pep440.Constraint, error) {
	parse := pep440.ParseMarkerConstraint
	if c.variable == "platform_release" {
		parse = pep440.ParseReleaseConstraint
	}
	switch {
	case c.op == "in":
		return parse(eachVersion(c.value, "", "==", " || "))
	case c.op == "not in":
		return parse(eachVersion(c.value, "!=", "!=", ", "))
	case c.variable == "python_full_version":
		// python_full_version > "3.11" means 3.11.0.
		for strings.Count(c.value, ".") < 2 {
			c.value += ".0"
		}
	}
	return parse(c.op + " " + c.value)
}

// eachVersion writes a list's versions as constraints: 3.8 stands for 3.8.*, with
// the operator short, a full version for itself, with the operator full.
func eachVersion(list, short, full, glue string) string {
	// An empty member is an error of the constraint: ".*".
	all := listText.Split(list, -1)
	for i, v := range all {
		if strings.Count(v, ".") < 2 {
			all[i] = short + v + ".*"
		} else {
			all[i] = full + v
		}
	}
	return strings.Join(all, glue)
}
