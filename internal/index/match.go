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
	for _, f := range files {
		switch {
		case !hexHash.MatchString(f.SHA256):
			errs = append(errs, malformed(f, "its hash %q is not a SHA-256 in lower-case hex", f.SHA256))
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
	return slices.Compact(files), nil
}

// plain says whether a name is one element of a path.
func plain(name string) bool {
	return name != "." && name != ".." && name != "/" && path.Base(name) == name
}

func malformed(f step.File, format string, args ...any) error {
	return &step.Problem{Kind: step.Failed, Package: f.Package, File: f.Name,
		Message: "the lock cannot be followed: " + fmt.Sprintf(format, args...),
		Hint:    "Run `poetry lock`."}
}

// match finds a locked file on a page, by name and hash. An index without a hash is
// believed here: the download is verified against the lock in any case. A name may
// stand on a page more than once, so that another hash alone is not a mismatch yet.
func match(page []link, f step.File, index step.Index) (step.Location, error) {
	other := ""
	for _, l := range page {
		if l.name != f.Name {
			continue
		}
		if l.sha256 == "" || l.sha256 == f.SHA256 {
			return step.Location{Package: f.Package, Name: f.Name, SHA256: f.SHA256, URL: l.url, Size: l.size, Yanked: l.yanked}, nil
		}
		other = cmp.Or(other, l.sha256)
	}
	if other != "" {
		return step.Location{}, &step.Problem{
			Kind: step.HashMismatch, Package: f.Package, File: f.Name,
			Message: fmt.Sprintf("%s on %s has the hash sha256:%s, the lock says sha256:%s", f.Name, index.Name, other, f.SHA256),
			Hint:    "The index has another file under this name than when the lock was written. If you trust it, run `poetry lock`.",
		}
	}
	p := &step.Problem{
		Kind: step.NotFound, Package: f.Package, File: f.Name,
		Message: fmt.Sprintf("%s is not on %s (%s)", f.Name, index.Name, redact(index.URL)),
		Hint:    fmt.Sprintf("The index does not have the locked file of %s any more, or the lock belongs to another index: run `poetry lock`.", f.Package),
	}
	if len(page) == 0 {
		p.Message += fmt.Sprintf(", which has no files of %s at all", f.Package)
	}
	return step.Location{}, p
}
