// Package source parses TOML files and keeps the position of each value, so that errors can
// point at it.
//
// It is the only user of go-toml's unstable parser: other packages see [Value] and [Table].
package source

import (
	"fmt"
	"strings"
)

// File is the text of one input file.
type File struct {
	Name string // as the user knows it, relative to the build context: "pyproject.toml"
	Data []byte
}

// Position is a place in a file. Lines and columns count from 1; columns count bytes.
type Position struct{ Line, Column int }

// Range is a stretch of a file, End exclusive. The zero Range is "nowhere".
type Range struct {
	File       *File
	Start, End Position
}

// IsZero reports whether r points nowhere.
func (r Range) IsZero() bool { return r.File == nil }

// String returns "name:line", or "name" if the line is not known.
func (r Range) String() string {
	switch {
	case r.File == nil:
		return ""
	case r.Start.Line == 0:
		return r.File.Name
	default:
		return fmt.Sprintf("%s:%d", r.File.Name, r.Start.Line)
	}
}

// Whole returns a range that names the file and none of its lines.
func Whole(f *File) Range { return Range{File: f} }

// Text is a string and where it stands.
type Text struct {
	Value string
	At    Range
}

// Error says what is wrong, where, and what to do. The same type carries
// warnings: which of the two it is, its bearer knows.
type Error struct {
	At      Range  // where; may be zero
	Message string // what happened: lower case, no full stop, names the thing
	Hint    string // what to do, a full sentence; may be empty
}

// Errorf makes an Error without a hint.
func Errorf(at Range, format string, args ...any) *Error {
	return &Error{At: at, Message: fmt.Sprintf(format, args...)}
}

// WithHint returns a copy of e with the hint set.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// Error returns "name:line: message", then "hint: …" on a second line.
func (e *Error) Error() string {
	var b strings.Builder
	if at := e.At.String(); at != "" {
		b.WriteString(at + ": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString("\nhint: " + e.Hint)
	}
	return b.String()
}
