package selection

import (
	"errors"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
)

// expand lists what a locked package needs in this environment when it is asked
// for with extras. Markers do not know the extras: those are compared by name.
func (w *walker) expand(pkg *lockfile.Package, extras []string) ([]need, error) {
	found, optional := extrasOf(pkg, extras)
	w.request.Budget.spend(len(pkg.Dependencies))
	env := w.request.Environment
	env.Extras = nil
	var needs []need
	var errs []error
	for _, d := range pkg.Dependencies {
		marker, here, err := holds(d.Markers, d.At, env)
		python, errPython := w.pythonAllows(d.Python, d.At)
		errs = append(errs, err, errPython)
		switch {
		case !here || !python || !platformAllows(d.Platform, env):
		case d.Optional && !optional[d.Name]:
		case !anyIn(marker.Extras(), found):
		default:
			n, err := w.lockedNeed(pkg, d)
			errs = append(errs, err)
			needs = append(needs, n)
		}
	}
	return needs, errors.Join(errs...)
}

// extrasOf returns the extras that the given ones expand to, since an extra may name others
// of its own package, and the names of the packages in them.
func extrasOf(pkg *lockfile.Package, asked []string) (found, names map[string]bool) {
	found, names = map[string]bool{}, map[string]bool{}
	for todo := slices.Clone(asked); len(todo) > 0; {
		x := todo[0]
		todo = todo[1:]
		if found[x] {
			continue
		}
		found[x] = true
		for _, text := range pkg.Extras[x] {
			r, err := pep508.ParseLegacyRequirement(text)
			if err != nil {
				continue // it names nothing that can be found
			}
			name := pep508.CanonicalName(r.Name)
			if name == pkg.Name {
				todo = append(todo, canonical(r.Extras)...)
			}
			names[name] = true
		}
	}
	return found, names
}

// anyIn reports whether named is empty or has one of found.
func anyIn(named []string, found map[string]bool) bool {
	return len(named) == 0 || slices.ContainsFunc(named, func(x string) bool { return found[x] })
}

func platformAllows(platform string, env pep508.Environment) bool {
	actual, known := env.Values["sys_platform"]
	if platform == "" || platform == "*" || !known {
		return true
	}
	return slices.ContainsFunc(strings.Split(platform, "|"), func(p string) bool { return strings.TrimSpace(p) == actual })
}
