package pyproject

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/source"
)

func TestBounds(t *testing.T) {
	chain := func(n int, dependency string) string {
		var b strings.Builder
		b.WriteString(head + "[dependency-groups]\ng0 = [\"p\"]\n")
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, "g%d = [%s{include-group = \"g%d\"}]\n", i, fmt.Sprintf(dependency, i), i-1)
		}
		return b.String()
	}
	backwards := func(n int) string {
		var b strings.Builder
		b.WriteString(head + "[dependency-groups]\n")
		for i := range n {
			fmt.Fprintf(&b, "g%d = [{include-group = \"g%d\"}]\n", i, i+1)
		}
		return b.String() + fmt.Sprintf("g%d = [\"p\"]\n", n)
	}
	enriched := func(n int) string {
		return "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [" + strings.Repeat("\"p\",", n) +
			"]\n[tool.poetry.dependencies]\np = [" + strings.Repeat("{version = \"*\"},", n) + "]\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"chain of groups":       {chain(1000, "\"p%d\", "), "dependency groups include more than 100000 dependencies"},
		"short chain":           {chain(300, "\"p%d\", "), ""},
		"deep includes":         {backwards(2000), "dependency groups include one another more than 1000 deep"},
		"enriched dependencies": {enriched(300), "in more than 10000 combinations"},
		"some enriched":         {enriched(50), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Parse(&source.File{Name: "pyproject.toml", Data: []byte(c.text)})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
