package pep508

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// clause is one comparison of text.
type clause struct {
	not      bool
	contains bool // value is a part of the variable's, and not all of it
	value    string
}

func (c clause) holds(actual string) bool {
	if c.contains {
		return strings.Contains(actual, c.value) != c.not
	}
	return (actual == c.value) != c.not
}

// Text, and what an extra may be (poetry-core, constraints/generic/parser.py).
var (
	textPattern     = regexp.MustCompile(`^(!=|==?=?)?\s*(.+?)\s*$`)
	extraPattern    = regexp.MustCompile(`^(!=|==?=?)?\s*(\S+?)\s*$`)
	containsPattern = regexp.MustCompile(`^(?:"(.+?)"|'(.+?)')\s*(not in|in)$`)
	orText          = regexp.MustCompile(`\s*\|\|?\s*`)
	andText         = regexp.MustCompile(`\s*,\s*`)
	listText        = regexp.MustCompile(`[ ,|]+`)
)

// alternatives splits a comparison of text into alternatives: one of them must hold, with all
// its clauses. poetry-core reads the value as a constraint, so sys_platform == "linux|darwin"
// matches either, as does in "linux darwin". "!=linux" in a value reverses it. An operator
// that text does not have is part of the text: sys_platform > "linux" would hold if the
// platform were "> linux", so it never holds.
func alternatives(c comparison) ([][]clause, error) {
	switch { // an empty list makes the operator the text, there too
	case c.reversed:
		return parseText(c.variable, `"`+c.value+`" `+c.op)
	case c.op == "in" && c.value != "":
		return parseText(c.variable, "== "+strings.Join(listText.Split(c.value, -1), " || == "))
	case c.op == "not in" && c.value != "":
		return parseText(c.variable, "!= "+strings.Join(listText.Split(c.value, -1), ", != "))
	}
	return parseText(c.variable, c.op+" "+c.value)
}

func parseText(variable, text string) ([][]clause, error) {
	var all [][]clause
	for _, alternative := range orText.Split(strings.TrimSpace(text), -1) {
		var clauses []clause
		for _, one := range andText.Split(alternative, -1) {
			c, err := parseClause(variable, one)
			if err != nil {
				return nil, err
			}
			clauses = append(clauses, c)
		}
		all = append(all, slices.Compact(clauses))
	}
	if variable == "extra" && (len(all) > 1 || len(all[0]) > 1) {
		return nil, fmt.Errorf("more than one extra in a comparison")
	}
	return all, nil
}

func parseClause(variable, text string) (clause, error) {
	if m := containsPattern.FindStringSubmatch(text); m != nil {
		if variable == "extra" {
			return clause{}, fmt.Errorf("%s cannot be compared with an extra", text)
		}
		return clause{not: m[3] == "not in", contains: true, value: strings.TrimSpace(m[1] + m[2])}, nil
	}
	pattern := textPattern
	if variable == "extra" {
		pattern = extraPattern
	}
	m := pattern.FindStringSubmatch(text)
	if m == nil {
		return clause{}, fmt.Errorf("%q cannot be compared", text)
	}
	return clause{not: m[1] == "!=", value: m[2]}, nil
}

// anyHolds asks is for each clause.
func anyHolds(alternatives [][]clause, is func(clause) bool) bool {
	return slices.ContainsFunc(alternatives, func(all []clause) bool {
		return !slices.ContainsFunc(all, func(c clause) bool { return !is(c) })
	})
}
