package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// spread is the smallest, the middle and the greatest of some values.
type spread struct {
	min, median, max float64
	n                int
}

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return spread{v[0], (v[(n-1)/2] + v[n/2]) / 2, v[n-1], n}
}

// text is "6.62 (6.50–6.91)".
func (s spread) text() string {
	if s.n == 0 {
		return "–"
	}
	return fmt.Sprintf("%s (%s–%s)", seconds(s.median), seconds(s.min), seconds(s.max))
}

func seconds(v float64) string {
	if v < 10 {
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

// kind is what results are compared within.
type kind struct {
	compression string
	bytecode    bool
	machine     int // its number, as machinesOf has them
}

func (k kind) String() string {
	text := k.compression + ", byte code " + map[bool]string{true: "on", false: "off"}[k.bytecode]
	if k.machine > 0 {
		text += fmt.Sprintf(", machine %d", k.machine+1)
	}
	return text
}

// table holds all results by what they are of.
type table map[kind]map[string]map[string][]measured // kind, case, side

func tableOf(all []measured) table {
	t, machines := table{}, machinesOf(all)
	for _, m := range all {
		k := kind{m.Compression, m.Bytecode, slices.Index(machines, m.on.String())}
		if t[k] == nil {
			t[k] = map[string]map[string][]measured{}
		}
		if t[k][m.Case] == nil {
			t[k][m.Case] = map[string][]measured{}
		}
		t[k][m.Case][m.Side] = append(t[k][m.Case][m.Side], m)
	}
	return t
}

// kinds are those that were measured: by machine, gzip and byte code first.
func (t table) kinds() []kind {
	later := func(b bool) int { return map[bool]int{true: 0, false: 1}[b] }
	return slices.SortedFunc(maps.Keys(t), func(a, b kind) int {
		return cmp.Or(cmp.Compare(a.machine, b.machine), strings.Compare(a.compression, b.compression), cmp.Compare(later(a.bytecode), later(b.bytecode)))
	})
}

// of is the spread of a value of a side's builds.
func (t table) of(k kind, name, side string, value func(result) float64) spread {
	var values []float64
	for _, m := range t[k][name][side] {
		values = append(values, value(m.result))
	}
	return spreadOf(values)
}

// starts is the spread of the service's start times.
func (t table) starts(k kind, side string) spread {
	var values []float64
	for _, m := range t[k][coldCase][side] {
		values = append(values, m.Starts...)
	}
	return spreadOf(values)
}

func took(r result) float64   { return r.Seconds }
func cpu(r result) float64    { return r.CPU }
func size(r result) float64   { return float64(r.Size) }
func pushed(r result) float64 { return float64(r.Pushed) }
func ran(r result) float64    { return float64(r.Operations) }
func ranOnDependencies(r result) float64 {
	return float64(r.DependencyOperations)
}
func pushedDependencies(r result) float64 { return float64(r.PushedDependencies) }
func dependencies(r result) float64       { return float64(r.Dependencies) }
