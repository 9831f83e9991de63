package main

import (
	"fmt"
	"slices"
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
}

func (k kind) String() string {
	if k.bytecode {
		return k.compression + ", byte code on"
	}
	return k.compression + ", byte code off"
}

// table holds all results by what they are of.
type table map[kind]map[string]map[string][]measured // kind, case, side

func tableOf(all []measured) table {
	t := table{}
	for _, m := range all {
		k := kind{m.Compression, m.Bytecode}
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

// kinds are those that were measured, gzip and byte code first.
func (t table) kinds() (all []kind) {
	for _, compression := range []string{"gzip", "zstd"} {
		for _, bytecode := range []bool{true, false} {
			if k := (kind{compression, bytecode}); t[k] != nil {
				all = append(all, k)
			}
		}
	}
	return all
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
