package wheel

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// What to do about a wheel that is not installed.
const (
	hintBroken  = "The file has the hash that is locked, so the release itself is broken. Choose another version."
	hintRefused = "Poetry would install this wheel. Choose another version, or have the package built from its sdist: name it in `no-binary` of [installer] in poetry.toml."
	hintBuilt   = "The wheel was made in this build, from the package's source: look at what its build backend puts into it."
)

// bad returns a problem with a wheel that no installer can use. Install adds its name
// and a hint.
func bad(format string, args ...any) error {
	return &step.Problem{Kind: step.BadWheel, Message: fmt.Sprintf(format, clipped(args)...)}
}

// refused returns a problem with a wheel that Poetry installs and this package does not.
func refused(format string, args ...any) error {
	return &step.Problem{Kind: step.BadWheel, Message: fmt.Sprintf(format, clipped(args)...), Hint: hintRefused}
}

// clipped shortens what a wheel says: a name may have 64 KiB, and a field of RECORD more.
func clipped(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = clip(s)
		}
	}
	return args
}

func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// firstFew returns names as one text, and says how many it leaves out.
func firstFew(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// named adds to a problem which wheel it is about. Other errors become problems of kind
// [step.Failed].
func named(err error, file string, built bool) error {
	base := filepath.Base(file)
	var p *step.Problem
	if !errors.As(err, &p) {
		p = &step.Problem{Kind: step.Failed, Message: err.Error()}
	}
	q := *p
	q.Package, q.File = packageOf(base), clip(base)
	if q.Kind != step.BadWheel {
		return &q
	}
	if built {
		q.Hint = hintBuilt
	} else if q.Hint == "" {
		q.Hint = hintBroken
	}
	return &q
}
