package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/poetrytoml"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/python/tags"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Input is what a plan is made from.
type Input struct {
	Project  *pyproject.Project
	Lock     *lockfile.Lock
	Settings poetrytoml.Settings // of poetry.toml

	// Libraries are the Poetry projects among the path dependencies that may be
	// editable, by canonical name: see CanBeEditable.
	Libraries map[string]*pyproject.Project

	Target   Target
	Python   Python // that the base image was asked for
	Base     base.Facts
	Platform string // "linux/amd64", "linux/arm/v7"

	// Contexts are the build contexts by the canonical names that theirs stand for:
	// one of a package's name takes its place.
	Contexts map[string]string

	// Instead says which file of the lock to take in place of the best one, where the index
	// has not that one or has yanked it: SHA-256 of the best → SHA-256 of the other.
	Instead map[string]string

	// Budget bounds the work of resolving again over the lock, for all plans that share it.
	Budget *selection.Budget
}

// New decides which file of which package is installed.
// Errors carry positions and are joined: a Python that the project excludes, an
// unknown extra, a package without a file for the platform, one from a place
// that cannot be installed from.
func New(in Input) (*Plan, error) {
	p := &Plan{Target: in.Target, Platform: in.Platform, Base: in.Base, Project: in.Project}
	p.Warnings = in.Target.Image.Warnings()
	if in.Target.Prepare != nil {
		p.Warnings = append(p.Warnings, pyproject.Stripped(in.Target.Prepare.Command)...)
	}
	if in.Target.Stage == AppStage {
		p.Warnings = append(p.Warnings, SecretsInFiles(in.Project)...)
	}
	if _, err := p.User(); err != nil || in.Target.Stage == BaseStage {
		return p, err
	}
	python, err := checkPython(in)
	if err != nil {
		return nil, err
	}
	machine, err := Machine(in.Platform)
	if err != nil {
		return nil, err
	}
	groups, err := activeGroups(in.Project, in.Target)
	if err != nil {
		return nil, err
	}
	request := selection.Request{
		Groups:      groups,
		Extras:      texts(in.Target.Extras),
		Python:      python,
		Environment: pep508.LinuxEnvironment(in.Base.Version, machine),
		Walk:        walks(in),
		Budget:      in.Budget,
	}
	locked, warnings, err := selected(in, request)
	if err != nil {
		return nil, err
	}
	p.Warnings = slices.Concat(p.Warnings, warnings, warnAboutLogins(in.Project))
	if w := WarnOfVersion(in.Project); w != nil {
		p.Warnings = append(p.Warnings, w)
	}
	isFurther := notInProduction(in, request)
	// The machine's own tag first, as packaging has it from 26.3 on, which a new Poetry brings.
	list := tags.Linux(interpreter(python, in.Base.FreeThreaded), machine, in.Base.Libc, true)
	errs := []error{checkNetwork(in)}
	wheel := findElsewhere(in)
	for _, pkg := range locked {
		chosen, err := choose(in, pkg, list, wheel)
		chosen.Further = isFurther(pkg)
		if err == nil && chosen.Build {
			chosen.Settings = in.Settings.BuildConfig[pkg.Name]
			chosen.Network = hasNetwork(in.Project, pkg.Name)
			chosen.Constraints, err = constraintsOf(in.Project, pkg.Name)
		}
		errs = append(errs, err)
		p.Packages = append(p.Packages, chosen)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	p.Builder = newBuilder(in, p.Packages)
	return p, nil
}

// walks reports whether to resolve again over a lock that says itself which
// packages it installs: [tool.quatrain] resolution, "auto" as poetry.toml has it.
func walks(in Input) bool {
	switch in.Project.Quatrain.Resolution.Value {
	case "walk":
		return true
	case "lock":
		return false
	}
	return in.Settings.ReResolve
}

// Machine returns Python's platform.machine() for an OCI platform.
func Machine(platform string) (string, error) {
	machines := map[string]string{
		"linux/amd64": "x86_64", "linux/arm64": "aarch64", "linux/arm64/v8": "aarch64",
		"linux/arm/v7": "armv7l", "linux/386": "i686", "linux/ppc64le": "ppc64le", "linux/s390x": "s390x",
	}
	for variant := platform; variant != "linux"; {
		if m, ok := machines[variant]; ok {
			return m, nil
		}
		cut := strings.LastIndex(variant, "/")
		if cut < 0 {
			break
		}
		variant = variant[:cut] // linux/amd64/v2 runs what linux/amd64 runs
	}
	return "", source.Errorf(source.Range{}, "unknown platform %s", platform).
		WithHint("Use linux/amd64, linux/arm64, linux/arm/v7, linux/386, linux/ppc64le or linux/s390x.")
}

func interpreter(v pep440.Version, freeThreaded bool) tags.Interpreter {
	return tags.Interpreter{Major: v.Major(), Minor: v.Minor(), FreeThreaded: freeThreaded}
}

// checkPython holds the image's Python against what the project allows.
func checkPython(in Input) (pep440.Version, error) {
	python, err := pep440.ParseVersion(in.Base.Version)
	if err != nil {
		return python, source.Errorf(source.Range{}, "Python version %q of the base image: %v", in.Base.Version, err)
	}
	for _, allowed := range []source.Text{in.Project.Python, in.Lock.PythonVersions} {
		if allowed.Value == "" {
			continue
		}
		c, err := pep440.ParseConstraint(allowed.Value)
		if err != nil {
			return python, source.Errorf(allowed.At, "python constraint %q: %v", allowed.Value, err)
		}
		if !c.Allows(python) {
			return python, source.Errorf(allowed.At, "the project allows Python %s, the base image has %s", allowed.Value, python).
				WithHint("%s", in.hintPython(fmt.Sprintf("%d.%d", python.Major(), python.Minor())))
		}
	}
	if in.Python.FreeThreaded && !in.Base.FreeThreaded {
		return python, source.Errorf(in.Project.Quatrain.Base.At, "a free-threaded Python is asked for (%s), and the base image has %s with the GIL", in.Python.Version, python).
			WithHint("Set `base` in [tool.quatrain] to an image of your own that has it, or ask for a Python without the \"t\".")
	}
	return python, nil
}

// activeGroups returns the target's groups. nil in the target means all that are not
// optional.
func activeGroups(p *pyproject.Project, t Target) ([]string, error) {
	if t.Groups == nil {
		return selection.ActiveGroups(p, nil, nil, nil)
	}
	if len(t.Groups) == 0 {
		return nil, nil
	}
	return selection.ActiveGroups(p, nil, nil, t.Groups)
}

// choose picks the file of one package, or its tree, and says where it comes from.
func choose(in Input, pkg *lockfile.Package, list tags.List, wheel elsewhere) (Package, error) {
	origin, err := originOf(in, pkg)
	if err != nil {
		return Package{}, err
	}
	origin = override(in, pkg.Name, origin)
	chosen := Package{
		Name: pkg.Name, Version: pkg.Version.Value, Groups: slices.Clone(pkg.Groups), Origin: origin, At: pkg.At,
	}
	if origin.IsTree() {
		chosen.Library = in.Libraries[pkg.Name]
		chosen.Build = chosen.Library == nil
		return chosen, nil
	}
	options := selection.FileOptions{NoBinary: in.Settings.NoBinary, OnlyBinary: in.Settings.OnlyBinary}
	file, err := selection.Choose(pkg, list, options)
	if err != nil {
		return Package{}, noFile(in, pkg, wheel, err)
	}
	hash, ok := strings.CutPrefix(file.Hash, "sha256:")
	if !ok {
		return Package{}, source.Errorf(file.At, "no sha256 in the lock for %s", file.Name).
			WithHint("Run `poetry lock` with an index that gives sha256 hashes.")
	}
	if origin.Kind == FromIndex {
		chosen.Choices = choices(selection.Candidates(pkg, list, options))
	}
	chosen.File, chosen.SHA256 = file.Name, hash
	if other, ok := chosen.instead(in.Instead[hash]); ok {
		chosen.File, chosen.SHA256 = other.Name, other.SHA256
		chosen.Build = !strings.HasSuffix(other.Name, ".whl")
		return chosen, nil
	}
	if chosen.Build = !isWheel(file); chosen.Build && options.AllowWheels(pkg.Name) {
		for _, f := range pkg.Files {
			if isWheel(f) {
				chosen.OtherWheels++
			}
		}
		chosen.Elsewhere = wheel(pkg)
	}
	return chosen, nil
}

func isWheel(f lockfile.File) bool { return strings.HasSuffix(f.Name, ".whl") }

func noFile(in Input, pkg *lockfile.Package, wheel elsewhere, err error) error {
	var none *selection.NoFileError
	if !errors.As(err, &none) {
		return err
	}
	e := source.Errorf(pkg.At, "%s %s has no file for %s: wanted one of %s; the lock has %s",
		pkg.Name, pkg.Version.Value, describe(in), list5(none.Wanted), list5(none.Files))
	if python := wheel(pkg); python != "" {
		return e.WithHint("%s", hintWheel(in.Project, pkg.Name, python))
	}
	return e.WithHint("Choose another `python` or `base` in [tool.quatrain], or lock a version of %s that has a wheel for it.", pkg.Name)
}

// list5 lists at most five names, to keep the line readable.
func list5(names []string) string {
	if len(names) > 5 {
		return list(names[:5]) + ", …"
	}
	return list(names)
}

func describe(in Input) string {
	return "Python " + in.Base.Version + " on " + in.Platform + " with " + in.Base.Libc.String()
}
