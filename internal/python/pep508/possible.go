package pep508

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
)

// Work bounds what is tried for all the markers of a file together. It counts comparisons.
type Work struct{ left int }

// fullWork is less than a second of trying.
const fullWork = 5_000_000

// NewWork returns what may be tried for the markers of one file.
func NewWork() *Work { return &Work{fullWork} }

// Possible reports whether a marker holds in some environment, where poetry-core
// asks `marker.is_empty()`. A marker that is too large to tell is possible.
func (m Marker) Possible(w *Work) bool {
	possible := false
	enough := w.eachEnvironment([]Marker{m}, func(e Environment) bool {
		possible = m.Evaluate(e)
		return !possible
	})
	return possible || !enough
}

// Implies reports whether b holds wherever a does; false where that is too much to tell.
func (m Marker) Implies(b Marker, w *Work) bool {
	implies := true
	enough := w.eachEnvironment([]Marker{m, b}, func(e Environment) bool {
		implies = !m.Evaluate(e) || b.Evaluate(e)
		return implies
	})
	return implies && enough
}

// maxEnvironments bounds what is tried for one question.
const maxEnvironments = 20000

// eachEnvironment visits environments that tell apart all that the markers compare,
// until visit returns false; false where there are too many.
func (w *Work) eachEnvironment(markers []Marker, visit func(Environment) bool) bool {
	s := samples{values: map[string][]string{}}
	comparisons := 0
	for _, m := range markers {
		m.each(func(c comparison) { comparisons++; s.add(c) })
	}
	if w.left -= comparisons; w.left < 0 {
		return false
	}
	var names []string
	count := len(s.extraSets())
	for name, values := range s.values {
		slices.Sort(values)
		s.values[name] = slices.Compact(values)
		names = append(names, name)
		if count *= len(s.values[name]); count > maxEnvironments {
			return false
		}
	}
	slices.Sort(names)
	for _, extras := range s.extraSets() {
		spent := false
		if !s.vary(names, Environment{Values: map[string]string{}, Extras: extras}, func(e Environment) bool {
			w.left -= comparisons
			spent = w.left < 0
			return !spent && visit(e)
		}) {
			return !spent
		}
	}
	return true
}

// samples are the values to try of each variable. Both variables of Python's version
// are python_full_version here.
type samples struct {
	values map[string][]string
	extras []string
}

func (s *samples) add(c comparison) {
	name := c.variable
	switch {
	case name == "extra":
		if x := CanonicalName(c.text[0][0].value); !slices.Contains(s.extras, x) {
			s.extras = append(s.extras, x)
		}
	case isVersion(name):
		if name == "python_version" {
			name = "python_full_version"
		}
		s.values[name] = append(s.values[name], "0.0.1")
		for _, r := range c.versions.Ranges() {
			s.values[name] = append(append(s.values[name], around(r.Min)...), around(r.Max)...)
		}
	default:
		s.values[name] = append(s.values[name], "something else", c.value)
		for _, all := range c.text {
			for _, one := range all {
				s.values[name] = append(s.values[name], one.value)
			}
		}
	}
}

// around returns a bound, and the versions next to it by patch and minor number.
func around(bound *pep440.Version) []string {
	if bound == nil {
		return nil
	}
	v := *bound
	join := func(numbers ...int) string {
		var all []string
		for _, n := range numbers {
			all = append(all, strconv.Itoa(n))
		}
		return strings.Join(all, ".")
	}
	return []string{
		v.Padded(3).String(),
		join(v.Major(), v.Minor(), v.Patch()+1), join(v.Major(), v.Minor()+1, 0), join(v.Major()+1, 0, 0),
	}
}

// extraSets returns all sets of the named extras. If there are many extras, it returns the
// smallest and the largest set.
func (s *samples) extraSets() []map[string]bool {
	all := []map[string]bool{{}}
	if len(s.extras) <= 6 {
		for _, x := range s.extras {
			for _, set := range slices.Clone(all) {
				with := map[string]bool{x: true}
				for name := range set {
					with[name] = true
				}
				all = append(all, with)
			}
		}
		return all
	}
	full := map[string]bool{}
	for _, x := range s.extras {
		full[x] = true
		all = append(all, map[string]bool{x: true})
	}
	return append(all, full)
}

func (s *samples) vary(names []string, e Environment, visit func(Environment) bool) bool {
	if len(names) == 0 {
		return visit(e)
	}
	for _, value := range s.values[names[0]] {
		e.Values[names[0]] = value
		if names[0] == "python_full_version" {
			e.Values["python_version"] = strings.Join(strings.SplitN(value, ".", 3)[:2], ".")
		}
		if !s.vary(names[1:], e, visit) {
			return false
		}
	}
	return true
}
