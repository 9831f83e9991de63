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
	// Two unions of versions meet: each alternative with each.
	unions := func(n int) string {
		either := strings.TrimSuffix(strings.Repeat(">=1||", n), "||")
		return "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"p" + either + "\"]\n[tool.poetry.dependencies]\np = \">=0||" + either + "\"\n"
	}
	// Markers of many variables, over and over: each asks for thousands of environments.
	markers := func(n int) string {
		var either []string
		for i := range 60 {
			either = append(either, fmt.Sprintf("os_name != 'a%d' and sys_platform != 'b%d'", i, i))
		}
		marker := strings.Join(either, " and ")
		return "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [" + strings.Repeat("\"p ; "+marker+"\",", n) +
			"]\n[tool.poetry.dependencies]\np = [" + strings.Repeat("{version = \"*\", markers = \""+marker+"\"},", n) + "]\n"
	}
	patterns := func(n int) string {
		return head + "[tool.quatrain]\nexclude = [" + strings.Repeat("\"x\",", n) + "]\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"chain of groups":       {chain(1000, "\"p%d\", "), "dependency groups include more than 100000 dependencies"},
		"short chain":           {chain(300, "\"p%d\", "), ""},
		"deep includes":         {backwards(2000), "dependency groups include one another more than 1000 deep"},
		"enriched dependencies": {enriched(300), "in more than 10000 combinations"},
		"some enriched":         {enriched(50), ""},
		"long markers":          {markers(50), "in more than 10000 combinations"},
		"unions":                {unions(30), "the constraints of p in [project] and [tool.poetry] have more than 50 combinations"},
		"small unions":          {unions(5), ""},
		"patterns":              {patterns(2000), "more than 1000 patterns"},
		"some patterns":         {patterns(1000), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Parse(&source.File{Name: "pyproject.toml", Data: []byte(c.text)})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
