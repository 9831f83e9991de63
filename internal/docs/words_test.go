package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// unwanted are words that a page does not use, with what to write.
var unwanted = []struct{ pattern, instead string }{
	{`quatrain-frontend`, "quatrain, which is the frontend too"},
	{`(?i)\banew\b`, "again"},
	{`(?i)\bsomebody\b`, "a user, whoever, a person"},
	{`(?i)\bstands\b`, "is, lies, is replaced by"},
	{`(?i)\bof\s+(?:its|one's)\s+own\b`, "separate, another, of your own"},
	{`(?m)(?:^ *(?:[-*] |\d+\. |\| )?|[.:;!?]\s+|\| )Its `, "name the thing that it is of"},
}

var comment = regexp.MustCompile(`(?s)<!--.*?-->`)

// Pages have plain words.
func TestPlainWords(t *testing.T) {
	for _, p := range readPages(t) {
		data, err := os.ReadFile(filepath.Join(root, p.name))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range findUnwanted(comment.ReplaceAllString(string(data), "")) {
			t.Errorf("%s: %s", p.name, found)
		}
	}
}

// Unwanted words are found at the start of a line and across one.
func TestUnwantedWordsAreFound(t *testing.T) {
	for text, want := range map[string]int{
		"A step.\nIts key is a hash.\n":           1,
		"A step. Its key is a hash.\n":            1,
		"- Its key is a hash.\n":                  1,
		"in a step of its\nown, made anew\n":      2,
		"`its` key is Itself of your own\n":       0,
		"the file stands there; somebody put it.": 2,
	} {
		if got := findUnwanted(text); len(got) != want {
			t.Errorf("%q: %q, want %d", text, got, want)
		}
	}
}

// findUnwanted returns the unwanted words of a text with what is around them.
func findUnwanted(text string) (all []string) {
	for _, u := range unwanted {
		for _, at := range regexp.MustCompile(u.pattern).FindAllStringIndex(text, -1) {
			around := text[max(0, at[0]-30):min(len(text), at[1]+30)]
			all = append(all, strings.ToValidUTF8(strings.Join(strings.Fields(around), " "), "")+": write "+u.instead)
		}
	}
	return all
}
