package pep517

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/python/tags"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

// Run runs the build step. The output is one wheel, or a report of what the build lacks.
func Run(s step.Build) error { return run(s, work) }

func run(s step.Build, dir string) error {
	if s.Tried != "" {
		made, err := madeWheel(s.Tried)
		if err != nil {
			return err
		}
		if made != "" {
			return leaveWheel(made, s.Out)
		}
	}
	b := &builder{
		step: s, dir: dir, subject: subject{s.Package, s.Version},
		missing: map[string][]string{}, made: map[string]string{},
	}
	var err error
	if b.variables, err = b.plainVariables(); err != nil {
		return err
	}
	own := origin{b.subject, s.Source, s.SHA256, s.Subdirectory}
	made, err := b.wheel("", own, filepath.Join(s.Needed, forSource), dir)
	if err != nil {
		return err
	}
	if len(b.missing) > 0 {
		return b.leaveMissing()
	}
	if err := b.check(made); err != nil {
		return err
	}
	return leaveWheel(made, s.Out)
}

// builder makes the wheel of one package, and before it those of build requirements that
// are there as sdists only.
type builder struct {
	step      step.Build
	subject   subject
	dir       string
	variables []string            // that every process gets
	missing   map[string][]string // as in [step.MissingFile]
	made      map[string]string   // sdist → its wheel, "" where something is missing for it
	building  []string            // sdists whose wheels are being made, each for the one before it
}

// wheel makes a wheel of a source with the files in needed, in a folder of its own, and
// returns its path. Where the source needs more than these files, it notes that as missing
// and returns "".
func (b *builder) wheel(key string, from origin, needed, dir string) (string, error) {
	tree, err := from.open(filepath.Join(dir, "source"))
	if err != nil {
		return "", err
	}
	if !tree.has(".") {
		return "", from.problem(fmt.Sprintf("the source has no folder %s", from.subdirectory), "")
	}
	system, err := readSystem(tree)
	if err != nil {
		return "", from.problem(err.Error(), "")
	}
	if !tree.isBuildable() {
		return "", from.problem("the source has neither pyproject.toml nor setup.py", "")
	}
	wheels, err := b.wheelsFor(needed)
	if err != nil {
		return "", err
	}
	e, err := b.newEnvironment(from.subject, filepath.Join(dir, "env"), wheels)
	if err != nil {
		return "", from.problem("installing the build requirements: "+err.Error(), "")
	}
	if key == "" {
		e.settings = settingsOf(b.step.Options.Settings)
	}
	missing, err := e.missing(tree, system, filepath.Join(dir, "missing.json"))
	if err != nil {
		return "", err
	}
	if len(missing) > 0 {
		b.missing[key] = missing
		return "", nil
	}
	out := filepath.Join(dir, "wheel")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", err
	}
	if err := e.wheel(tree, system, out); err != nil {
		return "", err
	}
	return onlyWheel(out, from.subject)
}

// wheelsFor returns the wheels in a folder, and those made of the sdists in it.
func (b *builder) wheelsFor(needed string) ([]string, error) {
	entries, err := os.ReadDir(needed) // sorted
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var wheels []string
	for _, e := range entries {
		file := filepath.Join(needed, e.Name())
		if !isWheel(e.Name()) {
			if file, err = b.requirement(file); err != nil {
				return nil, err
			}
		}
		if file != "" {
			wheels = append(wheels, file)
		}
	}
	return wheels, nil
}

// requirement makes a wheel of a build requirement's sdist, once. "" means that something
// is missing for it.
func (b *builder) requirement(sdist string) (string, error) {
	key := filepath.Base(sdist)
	if made, tried := b.made[key]; tried {
		return made, nil
	}
	if i := slices.Index(b.building, key); i >= 0 {
		return "", b.subject.problem("the build requirements need one another to be built: "+strings.Join(append(b.building[i:], key), " needs "),
			"Use a version of one of them that has a wheel.")
	}
	b.building = append(b.building, key)
	defer func() { b.building = b.building[:len(b.building)-1] }()
	fmt.Fprintf(os.Stderr, "building %s, a build requirement\n", key)
	made, err := b.wheel(key, origin{subject: sdistSubject(key), path: sdist}, filepath.Join(b.step.Needed, forSdists, key), filepath.Join(b.dir, forSdists, key))
	b.made[key] = made
	return made, b.aboutRequirement(key, err)
}

// aboutRequirement makes a problem of a build requirement one of the package.
func (b *builder) aboutRequirement(key string, err error) error {
	var p *step.Problem
	if errors.As(err, &p) && p.Package != b.subject.name {
		return b.subject.problem(fmt.Sprintf("build requirement %s: %s", key, p.Message), p.Hint)
	}
	return err
}

// sdistSubject reads an sdist's file name: the version is behind the last hyphen.
func sdistSubject(file string) subject {
	stem := file
	for _, suffix := range []string{".zip", ".gz", ".bz2", ".tgz", ".tar"} {
		stem = strings.TrimSuffix(stem, suffix)
	}
	name, version := stem, ""
	if i := strings.LastIndex(stem, "-"); i > 0 {
		name, version = stem[:i], stem[i+1:]
	}
	return subject{pep508.CanonicalName(name), version}
}

// leaveMissing writes what is missing, for a further Requirements step to download. The
// second Build has had that: what is missing then is an error.
func (b *builder) leaveMissing() error {
	if b.step.Tried != "" {
		key := slices.Max(slices.Collect(maps.Keys(b.missing))) // an sdist rather than the package that needs it
		who := "the build"
		if key != "" {
			who = "build requirement " + key
		}
		return b.subject.problem(fmt.Sprintf("%s needs %s, but did not list it at first", who, strings.Join(b.missing[key], ", ")),
			"A build can ask for more requirements only once. Use a version with a wheel.")
	}
	data, err := json.Marshal(b.missing)
	if err != nil {
		return err
	}
	if err := empty(b.step.Out); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.step.Out, step.MissingFile), data, 0o644); err != nil {
		return err
	}
	return fixed.Tree(b.step.Out)
}

// check holds the wheel's name against what was asked for. A version that differs
// is said and taken: Poetry takes it too, and not every backend can be told.
func (b *builder) check(made string) error {
	w, err := tags.ParseWheelName(filepath.Base(made))
	if err != nil {
		return b.subject.problem(err.Error(), "")
	}
	if got := pep508.CanonicalName(w.Name); got != b.subject.name {
		return b.subject.problem(fmt.Sprintf("the source produced a wheel named %q", got), "Check that the dependency points at the right place.")
	}
	if !sameVersion(w.Version, b.subject.version) {
		fmt.Fprintf(os.Stderr, "warning: the source of %s has version %s, the lock has %s\n", b.subject.name, w.Version, b.subject.version)
	}
	return nil
}

// onlyWheel returns the one wheel that a backend has left. Errors: it is not one, or no
// file.
func onlyWheel(dir string, of subject) (string, error) {
	wheels, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil {
		return "", err
	}
	if len(wheels) != 1 {
		return "", of.problem(fmt.Sprintf("the build backend produced %d wheels", len(wheels)), "")
	}
	if info, err := os.Lstat(wheels[0]); err != nil || !info.Mode().IsRegular() {
		return "", of.problem("the build backend produced a wheel that is not a file", "")
	}
	return wheels[0], nil
}

// madeWheel returns the wheel in the output of an earlier Build, "" where there is none.
func madeWheel(dir string) (string, error) {
	wheels, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil || len(wheels) == 0 {
		return "", err
	}
	return wheels[0], nil
}

// leaveWheel makes a wheel the step's whole output: package code could write there too.
func leaveWheel(wheel, out string) error {
	if err := empty(out); err != nil {
		return err
	}
	in, err := os.Open(wheel)
	if err != nil {
		return err
	}
	defer in.Close()
	to, err := os.OpenFile(filepath.Join(out, filepath.Base(wheel)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, in)
	if err := errors.Join(err, to.Close()); err != nil {
		return err
	}
	return fixed.Tree(out)
}

// empty makes a folder if need be, and removes all that is in it.
func empty(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}
