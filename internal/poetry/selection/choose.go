package selection

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/python/tags"
)

// FileOptions are the settings of poetry.toml that bear on the choice of files.
// Names are compared as they are written with the canonical one of a package.
type FileOptions struct {
	NoBinary   []string // names, or ":all:": never a wheel
	OnlyBinary []string // names, or ":all:": never an sdist
}

// AllowWheels says whether a package may be installed from a wheel.
func (o FileOptions) AllowWheels(pkg string) bool { return !refused(o.NoBinary, o.OnlyBinary, pkg) }

// NoFileError says that none of a package's files fits.
type NoFileError struct {
	Package string
	Wanted  []string // the best tags of the environment
	Files   []string // what the lock has
}

func (e *NoFileError) Error() string {
	return fmt.Sprintf("unable to find installation candidates for %s: wanted %s; the lock has %s",
		e.Package, strings.Join(e.Wanted, ", "), strings.Join(e.Files, ", "))
}

// Candidates returns the files of a package that can be installed, best first, in the order
// of Poetry (poetry/installation/chooser.py): wheels whose tags fit before sdists; of wheels
// the highest build tag, then the best tag; then the lock's order. Whether a file is yanked,
// and whether it is still there, only the index knows.
func Candidates(pkg *lockfile.Package, list tags.List, o FileOptions) []lockfile.File {
	var all []candidate
	for _, f := range pkg.Files {
		if c, ok := newCandidate(pkg, f, list, o); ok {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		switch {
		case a.better(b):
			return -1
		case b.better(a):
			return 1
		}
		return 0
	})
	var files []lockfile.File
	for _, c := range all {
		files = append(files, c.file)
	}
	return files
}

// Choose picks the file that Poetry would install if the index had all of them.
func Choose(pkg *lockfile.Package, list tags.List, o FileOptions) (lockfile.File, error) {
	if all := Candidates(pkg, list, o); len(all) > 0 {
		return all[0], nil
	}
	e := &NoFileError{Package: pkg.Name + " " + pkg.Version.Value, Wanted: list.Best(3)}
	for _, f := range pkg.Files {
		e.Files = append(e.Files, f.Name)
	}
	return lockfile.File{}, e
}

// candidate is a file that could be installed, with what it is compared by.
type candidate struct {
	file      lockfile.File
	hasBuild  bool
	build     int
	buildRest string
	rank      int // of the best tag; behind all tags for an sdist
}

func newCandidate(pkg *lockfile.Package, f lockfile.File, list tags.List, o FileOptions) (candidate, bool) {
	c := candidate{file: f, rank: list.Len()}
	if !strings.HasSuffix(f.Name, ".whl") {
		if isArchive(pkg) {
			return c, true
		}
		return c, isSdistOf(pkg, f.Name) && !refused(o.OnlyBinary, o.NoBinary, pkg.Name)
	}
	w, err := tags.ParseWheelName(f.Name)
	if err != nil || !isVersionOf(pkg, w.Name, w.Version) || !o.AllowWheels(pkg.Name) {
		return c, false
	}
	rank, fits := list.Rank(w)
	c.rank = rank
	c.build, c.buildRest, c.hasBuild = w.BuildTag()
	return c, fits
}

// isArchive reports whether a package is one file at an address or a path. The lock
// names that file, so its name need not be that of an sdist: "main.zip", "v1.2.3.tar.gz".
func isArchive(pkg *lockfile.Package) bool {
	return pkg.Source != nil && (pkg.Source.Type == "url" || pkg.Source.Type == "file")
}

var sdistEndings = []string{".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar"}

// isSdistOf reports whether a name is that of the package's sdist. The package's
// own name may hold dashes.
func isSdistOf(pkg *lockfile.Package, file string) bool {
	for _, ending := range sdistEndings {
		stem, ok := strings.CutSuffix(file, ending)
		for i := range stem {
			if ok && stem[i] == '-' && isVersionOf(pkg, stem[:i], stem[i+1:]) {
				return true
			}
		}
	}
	return false
}

// isVersionOf compares what a file's name says with the package: in locks before
// 2.0 the versions of one name share a list of files.
func isVersionOf(pkg *lockfile.Package, name, version string) bool {
	if pep508.CanonicalName(name) != pkg.Name {
		return false
	}
	if version == pkg.Version.Value {
		return true
	}
	got, errGot := pep440.ParseVersion(version)
	want, errWant := pep440.ParseVersion(pkg.Version.Value)
	if errGot != nil || errWant != nil {
		return false
	}
	return got.Compare(want) == 0
}

// refused reports whether a list of no-binary or only-binary refuses a package's
// files; a name counts for more than ":all:" in the opposite list.
func refused(list, opposite []string, name string) bool {
	return slices.Contains(list, name) ||
		slices.Contains(list, ":all:") && !slices.Contains(opposite, name)
}

// better reports whether a comes first in the chooser's order: the build tag counts before
// the platform.
func (c candidate) better(o candidate) bool {
	if c.hasBuild != o.hasBuild {
		return c.hasBuild
	}
	return cmp.Or(
		cmp.Compare(c.build, o.build),
		strings.Compare(c.buildRest, o.buildRest),
		cmp.Compare(o.rank, c.rank),
	) > 0
}
