package plan

import (
	"strings"

	"github.com/quatrain-build/quatrain/internal/source"
)

func list(names []string) string { return strings.Join(names, ", ") }

func texts(ts []source.Text) []string {
	var all []string
	for _, t := range ts {
		all = append(all, t.Value)
	}
	return all
}
