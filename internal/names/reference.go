package names

import (
	"regexp"
	"strings"
)

// Reference is the object that a script calls.
type Reference struct {
	Module string // "package.module"
	Attr   string // "main", "app.main"
}

// ParseReference reads "module:attribute [extras]". Only letters, digits, "_" and "."
// are in the result, so nothing of it is code in a launcher. ok is false for everything
// else.
func ParseReference(text string) (r Reference, ok bool) {
	m := reference.FindStringSubmatch(text)
	if m == nil {
		return Reference{}, false
	}
	return Reference{Module: m[1], Attr: m[2]}, true
}

// The expression is pypa/installer's. The spaces are those of Python.
var reference = regexp.MustCompile(strings.ReplaceAll(`^([\pL\pN_.]+) : ([\pL\pN_.]+) (?:\[.*\])? $`,
	" ", `[\s\v\x1c-\x1f\x{85}\pZ]*`))
