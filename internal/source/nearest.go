package source

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest returns the candidate that name was probably meant to be, or "" if none is close:
// the only one that begins with it, else the one with the fewest differences.
func Nearest(name string, candidates []string) string {
	if long := beginningWith(name, candidates); len(long) == 1 {
		return long[0]
	}
	best, distance := "", 3+len(name)/6
	for _, c := range candidates {
		if d := levenshtein.Distance(name, c, nil); d < distance && d < len(name) {
			best, distance = c, d
		}
	}
	return best
}

func beginningWith(prefix string, candidates []string) (found []string) {
	if len(prefix) < 3 {
		return nil
	}
	for _, c := range candidates {
		if strings.HasPrefix(c, prefix) {
			found = append(found, c)
		}
	}
	return found
}
