package selection

import (
	"errors"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Request says what is to be installed where.
type Request struct {
	Groups      []string // canonical
	Extras      []string
	Python      pep440.Version
	Environment pep508.Environment
	Walk        bool    // resolve again over the lock, as Poetry 2.0 to 2.2 do by default
	Budget      *Budget // for the walk; nil: a full one
}

// Packages selects from a lock, sorted by name (poetry/puzzle/transaction.py; the
// walk for locks before 2.1). Errors: an extra that does not exist, a marker that
// cannot be read, two entries of one name that both apply ([TwiceError], if nothing else
// is wrong), needs that the lock does not satisfy.
func Packages(p *pyproject.Project, l *lockfile.Lock, r Request) ([]*lockfile.Package, error) {
	if err := checkExtras(p, l, r.Extras); err != nil {
		return nil, err
	}
	if !l.HasGroups() || r.Walk {
		return walk(p, l, r)
	}
	return filter(l, r)
}

// filter takes the packages whose groups and markers say so.
func filter(l *lockfile.Lock, r Request) ([]*lockfile.Package, error) {
	env := r.Environment.WithExtras(r.Extras)
	var selected []*lockfile.Package
	var errs []error
	for _, pkg := range l.Packages {
		applies, err := applies(pkg, r.Groups, env)
		errs = append(errs, err)
		if applies {
			selected = append(selected, pkg)
		}
	}
	slices.SortStableFunc(selected, func(a, b *lockfile.Package) int { return strings.Compare(a.Name, b.Name) })
	var twice TwiceError
	for i := 1; i < len(selected); i++ {
		if a, b := selected[i-1], selected[i]; a.Name == b.Name {
			twice = append(twice, Twice{b.Name, source.Errorf(b.At, "%s %s and %s (line %d) both apply", b.Name, b.Version.Value, a.Version.Value, a.At.Start.Line).
				WithHint("Their markers overlap: make the constraints in pyproject.toml exclude each other and run `poetry lock`.")})
		}
	}
	if err := errors.Join(errs...); err != nil || twice == nil {
		return selected, err
	}
	return nil, twice
}

// TwiceError says that the lock has several versions of packages for one environment.
type TwiceError []Twice

// Twice is one such package.
type Twice struct {
	Name  string
	Error *source.Error
}

func (t TwiceError) Error() string { return errors.Join(t.Unwrap()...).Error() }

// Unwrap returns what is said of each package.
func (t TwiceError) Unwrap() []error {
	var all []error
	for _, one := range t {
		all = append(all, one.Error)
	}
	return all
}

// applies evaluates a package's markers for the active groups: any that holds.
func applies(pkg *lockfile.Package, groups []string, env pep508.Environment) (bool, error) {
	for _, g := range pkg.Groups {
		if !slices.Contains(groups, pep508.CanonicalName(g)) {
			continue
		}
		marker, err := pep508.ParseMarker(pkg.Markers.Of(g))
		if err != nil {
			return false, source.Errorf(pkg.Markers.At, "%s: %v", pkg.Name, err)
		}
		if marker.Evaluate(env) {
			return true, nil
		}
	}
	return false, nil
}

func checkExtras(p *pyproject.Project, l *lockfile.Lock, asked []string) error {
	var names []string
	for name := range l.Extras {
		names = append(names, name)
	}
	slices.Sort(names)
	at := source.Whole(p.File)
	if len(p.Extras) > 0 {
		at = p.Extras[0].At
	}
	var errs []error
	for _, x := range asked {
		if slices.Contains(names, pep508.CanonicalName(x)) {
			continue
		}
		err := source.Errorf(at, "extra [%s] is not specified", x)
		if near := source.Nearest(x, names); near != "" {
			err = err.WithHint("Did you mean %q? The extras are: %s.", near, strings.Join(names, ", "))
		} else if len(names) > 0 {
			err = err.WithHint("The extras are: %s.", strings.Join(names, ", "))
		} else {
			err = err.WithHint("The lock has no extras.")
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
