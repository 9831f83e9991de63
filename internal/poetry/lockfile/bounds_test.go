package lockfile

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/source"
)

// A lock has bounds, and says on which line one is passed.
func TestBounds(t *testing.T) {
	repeat := func(n int, text func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(text(i))
		}
		return b.String()
	}
	file := func(i int) string { return fmt.Sprintf("{file = \"a-%d.tar.gz\", hash = \"sha256:x\"},\n", i) }
	one := "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"main\"]\n"
	constraints := func(n int) string { return strings.Repeat("{version = \"1\"},", n) }
	for name, c := range map[string]struct{ text, want string }{
		"packages":        {strings.Repeat(one+"files = []\n", 10_001), "the lock has more than 10000 packages"},
		"as many":         {strings.Repeat(one+"files = []\n", 10_000), ""},
		"files":           {one + "files = [\n" + repeat(10_001, file) + "]\n", "package a has more than 10000 files"},
		"as many files":   {one + "files = [\n" + repeat(10_000, file) + "]\n", ""},
		"dependencies":    {one + "files = []\n[package.dependencies]\nb = [" + constraints(5_001) + "]\nc = [" + constraints(5_000) + "]\n", "package a has more than 10000 dependencies"},
		"as many of them": {one + "files = []\n[package.dependencies]\nb = [" + constraints(5_000) + "]\nc = [" + constraints(5_000) + "]\n", ""},
		"keys":            {one + "files = []\n[package.dependencies]\n" + repeat(10_001, func(i int) string { return fmt.Sprintf("b%d = \"1\"\n", i) }), "the table has more than 10000 keys"},
		"a file's name":   {one + "files = [{file = \"" + strings.Repeat("a", 256) + "\", hash = \"x\"}]\n", "is not a file name"},
		"a long version":  {strings.Replace(one, "\"1\"", "\"1"+strings.Repeat(".1", 100_000)+"\"", 1) + "files = []\n", ""}, // nothing reads it yet
	} {
		t.Run(name, func(t *testing.T) {
			text := c.text + "[metadata]\nlock-version = \"2.1\"\npython-versions = \"*\"\ncontent-hash = \"x\"\n"
			_, _, err := Parse(&source.File{Name: "poetry.lock", Data: []byte(text)})
			var e *source.Error
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%.300v", err)
			case c.want != "" && (!errors.As(err, &e) || !strings.Contains(e.Message, c.want) || e.At.Start.Line == 0):
				t.Errorf("%.300v, want %q with a line", err, c.want)
			}
		})
	}
}

// Values nest no deeper than go-toml reads them: it has a separate bound.
func TestDepth(t *testing.T) {
	for _, open := range []string{"[", "{a = "} {
		text := "a = " + strings.Repeat(open, 1_000_000)
		_, _, err := Parse(&source.File{Name: "poetry.lock", Data: []byte(text)})
		if len(source.All(err)) == 0 {
			t.Errorf("%.300v has no place", err)
		}
	}
}
