package explain

import (
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/source"
)

// leftover is what BuildKit says of a folder of its snapshotter that it does not know.
var leftover = regexp.MustCompile(`failed to rename\b.*: file exists`)

// Leftover returns what an error means that is about a folder that a killed builder has left
// behind, and any other error as it is.
func Leftover(err error) error {
	if err == nil || !leftover.MatchString(err.Error()) {
		return err
	}
	return source.Errorf(source.Range{}, "the builder has a folder left over from a time when it was killed (%v)", err).
		WithHint("Run `docker buildx prune`, which removes it, and build again.")
}

// IsLost reports whether BuildKit 0.34 lost the error of a step: of all failed steps of one
// session that have a mount in common it releases that mount's reference twice, and returns
// the error of that in place of the step's. All steps have the helper in common, so this is
// each failure after the first.
func IsLost(err error) bool {
	return strings.Contains(err.Error(), "releasing already released reference")
}

// Lost returns what to show in place of an error that BuildKit lost, and any other error as
// it is.
func Lost(err error) error {
	if !IsLost(err) {
		return err
	}
	return source.Errorf(source.Range{}, "two steps failed at the same time, and BuildKit lost the error of one (%v)", err).
		WithHint("Read the output of the failed steps above.")
}
