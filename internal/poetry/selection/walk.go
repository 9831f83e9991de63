package selection

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// walker resolves again over what is locked, as Poetry does for locks that do not
// say which group installs a package (poetry/puzzle/solver.py, over the locked
// packages only).
type walker struct {
	root     string // the project's canonical name
	request  Request
	python   pep440.Version // without its pre-release part
	packages map[string][]*lockfile.Package
	others   map[string]bool                      // names of packages that are not for this Python
	grouped  bool                                 // the lock says itself which packages it installs
	versions map[*lockfile.Package]pep440.Version // of those that have one
	parsed   map[string]constraint                // by its text
}

// constraint is a set of versions, or why it cannot be read.
type constraint struct {
	versions pep440.Constraint
	err      error
}

// constraint reads a constraint once. Reading has a cost: of many clauses, each meets
// what came before. It reads nothing more when the budget is spent.
func (w *walker) constraint(text string) (pep440.Constraint, error) {
	c, known := w.parsed[text]
	if !known && !w.request.Budget.exhausted() {
		w.request.Budget.spend(len(text) * len(text) / 16)
		c.versions, c.err = pep440.ParseConstraint(text)
		w.parsed[text] = c
	}
	return c.versions, c.err
}

// walk selects by following dependencies from the project's active groups.
// Errors: dependencies that no choice of locked packages satisfies.
func walk(p *pyproject.Project, l *lockfile.Lock, r Request) ([]*lockfile.Package, error) {
	r.Budget = cmp.Or(r.Budget, NewBudget())
	w := &walker{
		root: pep508.CanonicalName(p.Name.Value), request: r, python: r.Python.Stable(),
		versions: map[*lockfile.Package]pep440.Version{}, parsed: map[string]constraint{},
		others: map[string]bool{}, grouped: l.HasGroups(),
	}
	if err := w.index(l); err != nil {
		return nil, err
	}
	asked, reachable, err := w.roots(p)
	if err != nil {
		return nil, err
	}
	solved, err := w.solve(asked)
	if err != nil {
		return nil, err
	}
	names := solved.reach(w, reachable)
	solved.reachByName(extraNames(p, l, r.Extras), names)
	var selected []*lockfile.Package
	for name := range names {
		selected = append(selected, solved.chosen[name])
	}
	slices.SortFunc(selected, func(a, b *lockfile.Package) int { return strings.Compare(a.Name, b.Name) })
	return selected, nil
}

// index groups the packages that this Python may use by name, the preferred first:
// direct origins, then the highest version, be it a pre-release: what is locked is
// taken as it is (poetry/puzzle/provider.py, get_locked).
func (w *walker) index(l *lockfile.Lock) error {
	w.packages = map[string][]*lockfile.Package{}
	var errs []error
	for _, pkg := range l.Packages {
		ok, err := w.pythonAllows(pkg.PythonVersions, pkg.At)
		errs = append(errs, err)
		if ok {
			w.packages[pkg.Name] = append(w.packages[pkg.Name], pkg)
		} else {
			w.others[pkg.Name] = true
		}
		if v, err := pep440.ParseVersion(pkg.Version.Value); err == nil {
			w.versions[pkg] = v
		}
	}
	for name, same := range w.packages {
		slices.SortStableFunc(same, w.prefer)
		if len(same) > maxSame {
			errs = append(errs, source.Errorf(same[0].At, "the lock has %d packages of the name %s", len(same), name))
		}
	}
	return errors.Join(errs...)
}

func (w *walker) prefer(a, b *lockfile.Package) int {
	x, okX := w.versions[a]
	y, okY := w.versions[b]
	switch {
	case direct(a) != direct(b):
		return yesFirst(direct(a))
	case !okX || !okY:
		return 0
	}
	return y.Compare(x)
}

func direct(p *lockfile.Package) bool { return p.Source != nil && p.Source.Type != "legacy" }

func yesFirst(yes bool) int {
	if yes {
		return -1
	}
	return 1
}

func (w *walker) pythonAllows(constraint string, at source.Range) (bool, error) {
	if constraint == "" || constraint == "*" {
		return true, nil
	}
	c, err := w.constraint(constraint)
	if err != nil {
		return false, source.Errorf(at, "python-versions: %v", err)
	}
	return c.Allows(w.python), nil
}

// roots returns the project's dependencies in two lists: those that the solution must
// satisfy, and those from which the installed packages are reached. The first includes
// optional ones even if their extra is not asked for. The second includes those for other
// environments, because Poetry starts from the unfiltered project.
func (w *walker) roots(p *pyproject.Project) (asked, reachable []need, err error) {
	env := w.request.Environment.WithExtras(w.request.Extras)
	var errs []error
	for _, g := range p.Groups {
		if !slices.Contains(w.request.Groups, g.Name) {
			continue
		}
		for _, d := range g.Dependencies {
			n, err := w.rootNeed(d)
			_, here, errMarker := holds(d.Marker, d.At, env)
			errs = append(errs, err, errMarker)
			if here {
				asked = append(asked, n)
			}
			if !d.Optional {
				reachable = append(reachable, n)
			}
		}
	}
	return asked, reachable, errors.Join(errs...)
}

// extraNames returns the packages that the requested extras name.
func extraNames(p *pyproject.Project, l *lockfile.Lock, asked []string) []string {
	var names []string
	for _, x := range canonical(asked) {
		i := slices.IndexFunc(p.Extras, func(e pyproject.Extra) bool { return e.Name == x })
		if i >= 0 {
			names = append(names, p.Extras[i].Dependencies...)
		} else {
			names = append(names, canonical(l.Extras[x])...)
		}
	}
	return names
}

// conflict says that a need has no package in common with the others of its name.
func (w *walker) conflict(n need) error {
	by := n.by
	if by == "" {
		by = "the project"
	}
	locked := "no version of it for this Python"
	for i, pkg := range w.packages[n.name] {
		if i == 0 {
			locked = pkg.Name + " " + pkg.Version.Value
		} else {
			locked += ", " + pkg.Version.Value
		}
	}
	return source.Errorf(n.at, "%s needs %s, but the lock has %s", by, n, locked).
		WithHint("%s", w.hint(n.name))
}

// hint returns what to do if packages cannot be found for all needs. The lock is at fault
// only if the request asks for nothing beyond what the lock was written for.
func (w *walker) hint(name string) string {
	switch {
	case w.grouped:
		return "Set resolution = \"lock\" in [tool.quatrain]: this lock records which packages belong together."
	case w.others[name] && len(w.packages[name]) == 0:
		return "Set `python` in [tool.quatrain] to one that the lock has " + name + " for."
	}
	return "Run `poetry lock`: the lock does not fit pyproject.toml."
}
