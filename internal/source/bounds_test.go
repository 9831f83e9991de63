package source

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Files that would keep go-toml busy are refused before it sees them.
func TestBounds(t *testing.T) {
	repeat := func(n int, line func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(line(i))
		}
		return b.String()
	}
	const tooManyKeys = "the table has more than 10000 keys"
	for name, c := range map[string]struct{ text, want string }{
		"keys":             {repeat(10_001, func(i int) string { return fmt.Sprintf("a%d = 1\n", i) }), tooManyKeys},
		"headers":          {repeat(10_001, func(i int) string { return fmt.Sprintf("[x.a%d]\n", i) }), tooManyKeys},
		"array headers":    {repeat(10_001, func(i int) string { return fmt.Sprintf("[[x.a%d]]\n", i) }), tooManyKeys},
		"dotted keys":      {repeat(10_001, func(i int) string { return fmt.Sprintf("a.b.c%d = 1\n", i) }), tooManyKeys},
		"inline table":     {"x = {" + repeat(10_001, func(i int) string { return fmt.Sprintf("a%d = 1, ", i) }) + "z = 1}", tooManyKeys},
		"invalid as well":  {repeat(10_001, func(i int) string { return fmt.Sprintf("a%d = 1\n", i) }) + "=", tooManyKeys},
		"parts of a key":   {strings.Repeat("a.", 100) + "a = 1\n", "the key has more than 100 parts"},
		"parts of a table": {"[" + strings.Repeat("a.", 1_000_000) + "a]\n", "the key has more than 100 parts"},
		"many large tables": {repeat(4, func(i int) string {
			return fmt.Sprintf("[t%d]\n", i) + repeat(9_000, func(i int) string { return fmt.Sprintf("a%d = 1\n", i) })
		}), "the file has too many keys in its tables"},
		"a large table again": {repeat(9_000, func(i int) string { return fmt.Sprintf("[x.a%d]\n", i) }) +
			repeat(9_000, func(i int) string { return fmt.Sprintf("[x.a%d.b]\n", i) }), "the file has too many keys in its tables"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseTOML(&File{Name: "f", Data: []byte(c.text)})
			var e *Error
			if !errors.As(err, &e) || e.Message != c.want || e.At.Start.Line == 0 {
				t.Errorf("%v, want %q with a line", err, c.want)
			}
		})
	}
	parse(t, repeat(9_000, func(i int) string { return fmt.Sprintf("a%d = 1\n", i) }))
	parse(t, repeat(50_000, func(i int) string { return "[[package]]\nname = 'a'\n" }))
}
