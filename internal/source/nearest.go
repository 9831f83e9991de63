package source

import "github.com/agext/levenshtein"

// Nearest returns the candidate that name was probably meant to be, or "" if none is close.
func Nearest(name string, candidates []string) string {
	best, distance := "", 3+len(name)/6
	for _, c := range candidates {
		if d := levenshtein.Distance(name, c, nil); d < distance && d < len(name) {
			best, distance = c, d
		}
	}
	return best
}
