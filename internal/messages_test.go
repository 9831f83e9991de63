package internal_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/messages.txt")

// Texts that no person reads as a message.
var notMessages = []string{"internal/testutil/", "internal/reference/", "internal/poetry/pyproject/license.go"}

// Words that need a second reading, each with what to write.
var unclear = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`^[Ii]ts `), "name the thing"},
	{regexp.MustCompile(`\banew\b`), "again"},
	{regexp.MustCompile(`\bstands? (at|in|for)\b`), "is"},
	{regexp.MustCompile(`\b(some|no|every)body\b`), "someone, no one, everyone"},
	{regexp.MustCompile(`\bof its own\b`), "separate, or its"},
	{regexp.MustCompile(`\b(is|are) not there\b|\bthere is no\b`), "not found"},
	{regexp.MustCompile(`\boutside of\b`), "outside"},
	{regexp.MustCompile(`\bin place of\b`), "instead of"},
	{regexp.MustCompile(`\bany more\b`), "no longer"},
	{regexp.MustCompile(`\blook whether\b`), "check that"},
}

// testdata/messages.txt has every text of several words that the programs can print, so that
// a review sees a new one beside its neighbours. `go test ./internal -update` writes it.
func TestMessages(t *testing.T) {
	const golden = "testdata/messages.txt"
	files := sources(t, "frontend", "llb", "internal", "cmd")
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		short := strings.TrimPrefix(name, "../")
		if strings.HasSuffix(name, "_test.go") || slices.ContainsFunc(notMessages, func(p string) bool { return strings.HasPrefix(short, p) }) {
			continue
		}
		texts := messages(files[name])
		for _, text := range texts {
			for _, u := range unclear {
				if u.pattern.MatchString(text) {
					t.Errorf("%s: %q: write %s", short, text, u.instead)
				}
			}
		}
		if len(texts) > 0 {
			fmt.Fprintf(&b, "%s\n\t%s\n", short, strings.Join(texts, "\n\t"))
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("messages (-want +got; -update writes them):\n%s", diff)
	}
}

// messages returns the texts of a file that have several words, in its order.
func messages(file *ast.File) []string {
	var all []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			text, err := strconv.Unquote(n.Value)
			if n.Kind == token.STRING && err == nil && n.Value[0] == '"' && len(strings.Fields(text)) > 1 {
				all = append(all, strings.TrimSuffix(strings.TrimPrefix(strconv.Quote(text), `"`), `"`))
			}
		}
		return true
	})
	return all
}
