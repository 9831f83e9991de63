package plan

import (
	"cmp"
	"slices"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/python/tags"
	"github.com/quatrain-build/quatrain/internal/source"
)

// defaultPython chooses among the minor versions that project and lock allow the one with
// which the fewest packages have no file, then the fewest must be compiled; the newest of
// those that are equal.
func defaultPython(in Input) (Python, error) {
	all := pythonsOf(in.Project, in.Lock)
	current, old := all.allowed()
	if len(current) == 0 {
		return Python{}, source.Errorf(in.Project.Python.At, "%q allows no version of Python that Quatrain knows", all.first()).
			WithHint("Set `python` and `base` in [tool.quatrain] to a version and an image that has it: known are %s.", list(knownMinors()))
	}
	chosen, why := fewestBuilds(in, current)
	version, _ := all.tag(chosen)
	python := Python{Version: version}
	switch newest := current[0]; {
	case chosen != newest:
		python.Why = source.Errorf(in.Project.Python.At, "Python %s is chosen, and not %s, %s", version, newest.minor, why)
	case len(old) > 0 && isNewer(old[0], newest):
		release, _ := all.tag(old[0])
		python.Why = source.Errorf(in.Project.Python.At, "Python %s is chosen: of %s the project allows no release after %s", version, old[0].minor, release)
	case version == newest.release(0):
		python.Why = source.Errorf(in.Project.Python.At, "Python %s is chosen: the project allows no other release of %s", version, newest.minor)
	}
	if python.Why != nil {
		python.Why = python.Why.WithHint("Set `python` in [tool.quatrain] to choose another.")
	}
	return python, nil
}

// first returns the constraint that counts first.
func (all pythons) first() string { return all[0].Value }

func isNewer(a, b series) bool { return slices.Index(known, a) < slices.Index(known, b) }

// measured are the platforms that a default is chosen for, whichever are built.
var measured = []string{"linux/amd64", "linux/arm64"}

// cost is what there is no file for and what must be compiled, with one Python.
type cost struct{ missing, compiled []lack }

// lack is a package that lacks a wheel on a platform.
type lack struct{ pkg, platform string }

func (c cost) less(o cost) bool {
	return cmp.Or(cmp.Compare(len(c.missing), len(o.missing)), cmp.Compare(len(c.compiled), len(o.compiled))) < 0
}

// than says what is worse than o.
func (c cost) than(o cost) string {
	if names := without(c.missing, o.missing); len(names) > 0 {
		return "for which the lock has no file of " + list5(names)
	}
	return "for which the lock has no wheel of " + list5(without(c.compiled, o.compiled))
}

// without returns the names of those that are not among others, sorted.
func without(all, others []lack) []string {
	known := map[lack]bool{}
	for _, l := range others {
		known[l] = true
	}
	var names []string
	for _, l := range all {
		if !known[l] {
			names = append(names, l.pkg)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// fewestBuilds returns the best of these minor versions, which are sorted, and why it is not
// the first of them. Half of the budget is for this; when that is spent, it is the first.
func fewestBuilds(in Input, minors []series) (series, string) {
	if len(minors) == 1 {
		return minors[0], ""
	}
	wanted := wantedByAll(in.Project)
	budget, settle := in.Budget.Half()
	defer settle()
	in.Budget = budget
	price := priceOf(in.Lock, walks(in) || !in.Lock.HasGroups())
	best, found := 0, cost{}
	var first cost
	var failure error // of the first
	for i, minor := range minors {
		c, err := measure(in, wanted, minor, price)
		if budget.Exhausted() {
			return minors[0], ""
		}
		if i == 0 {
			first, failure = c, err
		}
		if err != nil {
			continue
		}
		if i == 0 || failure != nil && best == 0 || c.less(found) {
			best, found = i, c
		}
		if len(c.missing)+len(c.compiled) == 0 {
			break
		}
	}
	switch {
	case best == 0:
		return minors[0], ""
	case failure != nil:
		return minors[best], "for which the lock has no solution"
	}
	return minors[best], first.than(found)
}

// wanted are groups and extras.
type wanted struct{ groups, extras []string }

// wantedByAll returns what production has, and what all that is not optional and the extras
// of the settings are.
func wantedByAll(p *pyproject.Project) []wanted {
	targets := []Target{{Extras: p.Quatrain.Extras}}
	if t, err := ResolveTarget(p, DefaultTarget); err == nil {
		targets = append(targets, t)
	}
	var all []wanted
	for _, t := range targets {
		groups, err := activeGroups(p, t)
		w := wanted{groups, texts(t.Extras)}
		if err == nil && !slices.ContainsFunc(all, w.within) {
			all = append(all, w)
		}
	}
	return all
}

// within reports whether a lock that knows groups has nothing more for w than for o.
func (w wanted) within(o wanted) bool {
	return slices.Equal(w.extras, o.extras) && !slices.ContainsFunc(w.groups, func(g string) bool { return !slices.Contains(o.groups, g) })
}

// measure returns what a minor version makes of the packages. The newest release is assumed
// for markers. Each selection takes a price from the budget. Errors: the lock has no solution for it.
func measure(in Input, all []wanted, minor series, price int) (cost, error) {
	var c cost
	python, err := pep440.ParseVersion(pythonsOf(in.Project, in.Lock).newest(minor))
	if err != nil {
		return c, err
	}
	libc := base.GuessLibc(in.Project.Quatrain.Base.Value)
	options := selection.FileOptions{NoBinary: in.Settings.NoBinary, OnlyBinary: in.Settings.OnlyBinary}
	for _, platform := range measured {
		machine, err := Machine(platform)
		if err != nil {
			return c, err
		}
		packages := map[*lockfile.Package]bool{}
		for _, w := range all {
			if in.Budget.Spend(price); in.Budget.Exhausted() {
				return c, nil
			}
			selected, _, err := selected(in, selection.Request{
				Groups: w.groups, Extras: w.extras, Python: python,
				Environment: pep508.LinuxEnvironment(python.String(), machine), Walk: walks(in), Budget: in.Budget,
			})
			if err != nil {
				return c, err
			}
			for _, pkg := range selected {
				packages[pkg] = true
			}
		}
		list := tags.Linux(interpreter(python, false), machine, libc, true)
		for pkg := range packages {
			c.add(pkg, platform, list, options)
		}
	}
	return c, nil
}

// priceOf returns what one selection from a lock costs, besides the walk, in the time that one
// comparison of a walk takes: markers and constraints are read each time.
func priceOf(l *lockfile.Lock, walk bool) int {
	const bytesPerUnit, unitsPerByte = 16, 6
	read := 0
	for _, pkg := range l.Packages {
		read += len(pkg.Markers.All) * len(pkg.Groups)
		for _, marker := range pkg.Markers.ByGroup {
			read += len(marker)
		}
		if !walk {
			continue
		}
		read += len(pkg.PythonVersions)
		for _, d := range pkg.Dependencies {
			read += len(d.Markers) + len(d.Constraint)
		}
	}
	return len(l.File.Data)/bytesPerUnit + read*unitsPerByte
}

func (c *cost) add(pkg *lockfile.Package, platform string, list tags.List, options selection.FileOptions) {
	if pkg.Source != nil && (pkg.Source.Type == "git" || pkg.Source.Type == "directory") {
		return // built for every Python alike
	}
	files := selection.Candidates(pkg, list, options)
	switch {
	case len(files) == 0:
		c.missing = append(c.missing, lack{pkg.Name, platform})
	case !isWheel(files[0]) && options.AllowWheels(pkg.Name) && slices.ContainsFunc(pkg.Files, isWheel):
		c.compiled = append(c.compiled, lack{pkg.Name, platform})
	}
}
