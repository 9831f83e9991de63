package index

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"

	"github.com/quatrain-build/quatrain/internal/step"
)

// hexHash is a SHA-256. Hashes and names come from the lock and become file names.
var hexHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// sorted orders the files by package and name, each once. Errors: a hash, name or
// package that cannot be one.
func sorted(files []step.File) ([]step.File, error) {
	var errs []error
	for _, f := range withOthers(files) {
		switch {
		case !hexHash.MatchString(f.SHA256):
			errs = append(errs, malformed(f, "the hash %q is not a SHA-256 in lower-case hex", f.SHA256))
		case !plain(f.Name):
			errs = append(errs, malformed(f, "%q is not a file name", f.Name))
		case !plain(f.Package):
			errs = append(errs, malformed(f, "%q is not a package name", f.Package))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b step.File) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256))
	})
	return slices.CompactFunc(files, func(a, b step.File) bool {
		return a.Package == b.Package && a.Name == b.Name && a.SHA256 == b.SHA256 && a.URL == b.URL
	}), nil
}

// withOthers returns the files and those that may take their places.
func withOthers(files []step.File) []step.File {
	var all []step.File
	for _, f := range files {
		all = append(all, f)
		for _, o := range f.Others {
			all = append(all, step.File{Package: f.Package, Name: o.Name, SHA256: o.SHA256})
		}
	}
	return all
}

// plain says whether a name is one element of a path.
func plain(name string) bool {
	return name != "." && name != ".." && name != "/" && path.Base(name) == name
}

func malformed(f step.File, format string, args ...any) error {
	return &step.Problem{Kind: step.Failed, Package: f.Package, File: f.Name,
		Message: "invalid lock entry: " + fmt.Sprintf(format, args...),
		Hint:    "Run `poetry lock`."}
}
