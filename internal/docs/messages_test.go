package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var bold = regexp.MustCompile(`(?m)^\*\*[^*]+\*\*`)

// A message that troubleshooting explains is one of the product. "…" is a part that differs.
func TestMessagesAreOfToday(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "docs/troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	texts, _, ok := strings.Cut(string(data), "\n## Rules\n")
	if !ok {
		t.Fatal("no heading for the rules")
	}
	code, count := sources(t), 0
	for _, term := range bold.FindAllString(texts, -1) {
		for _, span := range codeSpan.FindAllString(term, -1) {
			message := strings.Trim(span, "`")
			if !strings.Contains(message, " ") { // a name
				continue
			}
			count++
			for part := range strings.SplitSeq(message, "…") {
				if part = strings.TrimSpace(part); !strings.Contains(code, part) {
					t.Errorf("%q: nothing says %q", message, part)
				}
			}
		}
	}
	if count < 30 {
		t.Errorf("only %d messages were found", count)
	}
}

// sources returns the code that says something to people, without the marks of its strings.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range []string{"cmd", "frontend", "internal", "llb"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			data, err := os.ReadFile(name)
			all.WriteString(strings.ReplaceAll(string(data), `\"`, `"`))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
