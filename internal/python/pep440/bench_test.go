package pep440

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkManyClauses reads a constraint that is as long as it may be.
func BenchmarkManyClauses(b *testing.B) {
	var all []string
	for i := range maxClauses {
		all = append(all, fmt.Sprintf("!=%d.%d", i, i))
	}
	text := strings.Join(all, ",")
	for b.Loop() {
		if _, err := ParseConstraint(text); err != nil {
			b.Fatal(err)
		}
	}
}
