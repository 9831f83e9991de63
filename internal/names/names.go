// Package names checks names that become files, lines or code of an environment.
package names

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFileName is Linux's NAME_MAX, in bytes.
const maxFileName = 255

// IsFileName reports whether s names a file in one folder, whoever reads it: printable
// characters only, no separator of paths, and nothing that a program could take for an
// option.
func IsFileName(s string) bool {
	return isPrintable(s) && len(s) <= maxFileName && s != "." && s != ".." &&
		!strings.ContainsAny(s, `/\`) && s[0] != '-'
}

// isPrintable reports whether s is not empty and has no control character, no format
// character such as those that reverse a text's direction, and no line end. Spaces may
// only stand inside.
func isPrintable(s string) bool {
	return s != "" && utf8.ValidString(s) && strings.TrimSpace(s) == s &&
		!strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// IsLine reports whether s stays on one line for every reader of a text file. Python
// ends lines at more characters than \n.
func IsLine(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, endsLine)
}

func endsLine(r rune) bool {
	return unicode.IsControl(r) && r != '\t' || r == '\u2028' || r == '\u2029'
}

// Line returns s as one line: if it is more, its words are joined by spaces.
func Line(s string) string {
	if IsLine(s) {
		return s
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || endsLine(r) })
	return strings.ToValidUTF8(strings.Join(words, " "), "\ufffd")
}

// Python's names in bin, and those of the scripts that activate an environment.
var (
	interpreter = regexp.MustCompile(`^(?i:python|pypy)w?(\d+(\.\d+)*)?t?$`)
	activate    = regexp.MustCompile(`^(?i:activate)(\.\w+|_this\.py)?$`)
)

// IsReserved reports whether a file of that name in bin belongs to the environment.
func IsReserved(name string) bool { return interpreter.MatchString(name) || activate.MatchString(name) }

// CheckScript returns an error if name cannot be a script in bin.
func CheckScript(name string) error {
	if !IsFileName(name) || strings.Contains(name, "=") {
		return fmt.Errorf("%.100q is not a file name", name)
	}
	if IsReserved(name) {
		return fmt.Errorf("%s belongs to the environment", name)
	}
	return nil
}

// CheckEntryPoint returns an error if entry_points.txt cannot hold an entry point of
// that name in that group, for it would be read as something else.
func CheckEntryPoint(group, name string) error {
	if !isPrintable(group) || strings.ContainsAny(group, "[]") {
		return fmt.Errorf("%.100q cannot be a group of entry points", group)
	}
	if !isPrintable(name) || strings.Contains(name, "=") || strings.ContainsAny(name[:1], "[#;") {
		return fmt.Errorf("%.100q cannot be an entry point", name)
	}
	return nil
}
