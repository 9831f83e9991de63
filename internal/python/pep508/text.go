package pep508

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// clause is one comparison of text.
type clause struct {
	not   bool
	value string
}

// Text, and what an extra may be (poetry-core, constraints/generic/parser.py).
var (
	textPattern  = regexp.MustCompile(`^(!=|==?=?)?\s*(.+?)\s*$`)
	extraPattern = regexp.MustCompile(`^(!=|==?=?)?\s*(\S+?)\s*$`)
	orText       = regexp.MustCompile(`\s*\|\|?\s*`)
	andText      = regexp.MustCompile(`\s*,\s*`)
	listText     = regexp.MustCompile(`[ ,|]+`)
)

// alternatives splits a comparison of text into alternatives: one of them must hold, with all
// its clauses. poetry-core reads the value as a constraint, so sys_platform == "linux|darwin"
// matches either, as does in "linux darwin". "!=linux" in a value reverses it.
func alternatives(c comparison) ([][]clause, error) {
	switch c.op {
	case "in":
		return parseText(c.variable, "== "+strings.Join(listText.Split(c.value, -1), " || == "))
	case "not in":
		return parseText(c.variable, "!= "+strings.Join(listText.Split(c.value, -1), ", != "))
	}
	return parseText(c.variable, c.op+" "+c.value)
}

func parseText(variable, text string) ([][]clause, error) {
	pattern := textPattern
	if variable == "extra" {
		pattern = extraPattern
	}
	var all [][]clause
	for _, alternative := range orText.Split(strings.TrimSpace(text), -1) {
		var clauses []clause
		for _, one := range andText.Split(alternative, -1) {
			m := pattern.FindStringSubmatch(one)
			if m == nil {
				return nil, fmt.Errorf("%q cannot be compared", one)
			}
			clauses = append(clauses, clause{not: m[1] == "!=", value: m[2]})
		}
		all = append(all, clauses)
	}
	if variable == "extra" && (len(all) > 1 || len(all[0]) > 1) {
		return nil, fmt.Errorf("more than one extra in a comparison")
	}
	return all, nil
}

// anyHolds asks is for the value of each clause.
func anyHolds(alternatives [][]clause, is func(string) bool) bool {
	return slices.ContainsFunc(alternatives, func(all []clause) bool {
		return !slices.ContainsFunc(all, func(c clause) bool { return is(c.value) == c.not })
	})
}
