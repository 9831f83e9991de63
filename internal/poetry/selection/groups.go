// Package selection selects the locked packages that Poetry would install for groups, extras
// and an environment, and a file of each.
package selection

import (
	"errors"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// ActiveGroups returns the groups to install (poetry/console/commands/group_command.py):
// only, if it is not empty; else those that are not optional, plus with, minus without. Names
// are canonical. Errors: names of groups that do not exist.
func ActiveGroups(p *pyproject.Project, with, without, only []string) ([]string, error) {
	var defaults, names []string
	for _, g := range p.Groups {
		names = append(names, g.Name)
		if !g.Optional {
			defaults = append(defaults, g.Name)
		}
	}
	var errs []error
	for option, asked := range map[string][]string{"with": with, "without": without, "only": only} {
		for _, n := range asked {
			if !slices.Contains(names, pep508.CanonicalName(n)) {
				errs = append(errs, unknownGroup(p, n, option, names))
			}
		}
	}
	if len(errs) > 0 {
		slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return nil, errors.Join(errs...)
	}
	active := append(slices.Clone(defaults), canonical(with)...)
	if len(only) > 0 {
		active, without = canonical(only), nil
	}
	active = slices.DeleteFunc(active, func(g string) bool { return slices.Contains(canonical(without), g) })
	slices.Sort(active)
	return slices.Compact(active), nil
}

func unknownGroup(p *pyproject.Project, name, option string, names []string) error {
	err := source.Errorf(source.Whole(p.File), "group %q is not defined (%s)", name, option)
	if near := source.Nearest(name, names); near != "" {
		return err.WithHint("Did you mean %q? The groups are: %s.", near, strings.Join(names, ", "))
	}
	return err.WithHint("The groups are: %s.", strings.Join(names, ", "))
}

func canonical(names []string) []string {
	var all []string
	for _, n := range names {
		all = append(all, pep508.CanonicalName(n))
	}
	return all
}
