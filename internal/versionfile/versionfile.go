// Package versionfile reads .python-version in the forms that pyenv, uv, Rye, asdf and mise
// use.
package versionfile

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Bounds of what is looked at. A file of a tool has a line or a few.
const (
	maxBytes = 64 << 10
	maxQuote = 60 // runes of a line in a message
)

// Read returns the version of CPython that a .python-version asks for, as "3.12", "3.12.4",
// "3.13.0rc1", or "3.13t" for a free-threaded one: that of the first line that names one.
// It is zero if none does, and a warning says so. Errors: another Python than CPython.
func Read(f *source.File) (source.Text, []*source.Error, error) {
	text, ok := decode(f.Data)
	if !ok {
		return source.Text{}, []*source.Error{warning(source.Whole(f), "is not a text file")}, nil
	}
	var passed *source.Error // about the first line that names none
	for number, line := range lines(text) {
		at := rangeOf(f, number, line)
		for _, word := range words(line) {
			if name := otherPython(word); name != "" {
				return source.Text{}, nil, source.Errorf(at, "%q asks for %s, and an image has CPython", quote(word), name).
					WithHint("Name a version of CPython, such as 3.12, in the file, or set `python` in [tool.quatrain], which comes before it.")
			}
			if version, debug := parse(word); version != "" {
				return source.Text{Value: version, At: at}, warnings(passed, debugBuild(at, word, debug)), nil
			}
			if passed == nil {
				passed = warning(at, "%q %s", quote(word), whyNot(word))
			}
		}
	}
	if passed == nil {
		passed = warning(source.Whole(f), "names no version of Python")
	}
	return source.Text{}, warnings(passed), nil
}

func warning(at source.Range, format string, args ...any) *source.Error {
	if at.Start.Line == 0 {
		format = ".python-version " + format
	}
	return source.Errorf(at, format+", and is passed over", args...).
		WithHint("Write a version such as 3.12 on its first line, or set `python` in [tool.quatrain].")
}

func debugBuild(at source.Range, word string, debug bool) *source.Error {
	if !debug {
		return nil
	}
	return source.Errorf(at, "%q asks for a debug build of Python, and an image has an ordinary one", quote(word))
}

// warnings returns the warnings that are not nil.
func warnings(all ...*source.Error) (some []*source.Error) {
	for _, w := range all {
		if w != nil {
			some = append(some, w)
		}
	}
	return some
}

// decode returns the text of a file: UTF-8, or UTF-16 with a byte order mark, which
// PowerShell writes. ok is false for what is no text.
func decode(data []byte) (text string, ok bool) {
	if len(data) > maxBytes {
		data = data[:maxBytes]
		for len(data) > maxBytes-utf8.UTFMax && !utf8.Valid(data) {
			data = data[:len(data)-1] // a rune that the cut has parted
		}
	}
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		text = strings.TrimPrefix(string(data), "\ufeff")
		return text, utf8.ValidString(text) && !strings.Contains(text, "\x00")
	}
	var units []uint16
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	text = string(utf16.Decode(units))
	return text, !strings.ContainsAny(text, "\x00\ufffd")
}

// lines yields the lines that are neither blank nor a comment, with their numbers.
func lines(text string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		number := 0
		for line := range strings.Lines(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")) {
			number++
			line, _, _ = strings.Cut(line, "#")
			if line = strings.TrimSpace(line); line != "" && !yield(number, line) {
				return
			}
		}
	}
}

func rangeOf(f *source.File, number int, line string) source.Range {
	return source.Range{File: f, Start: source.Position{Line: number, Column: 1}, End: source.Position{Line: number, Column: 1 + len(line)}}
}

// withName matches a line of .tool-versions, and what `python --version` prints.
var withName = regexp.MustCompile(`(?i)^c?python\s+(\S.*)$`)

// words returns what a line asks for. pyenv reads the first word of a line and splits it at
// colons; a range may contain spaces.
func words(line string) []string {
	if m := withName.FindStringSubmatch(line); m != nil {
		line = m[1]
	}
	if isRange(line) {
		return []string{line}
	}
	word := strings.Trim(strings.Fields(line)[0], `"'`)
	if strings.ContainsAny(word, `/\`) {
		return []string{word}
	}
	return strings.FieldsFunc(word, func(c rune) bool { return c == ':' })
}

// otherPythons match the names that pyenv and uv have for what is not CPython.
var otherPythons = regexp.MustCompile(`^(pypy|graalpy|graalpython|jython|ironpython|micropython|pyston|stackless|cinder|nogil|rustpython|pyodide)(?:$|[-@]?(?:\d|[<>=~!]|c-jit|stm|dev|community|portable))`)

var spellings = map[string]string{
	"pypy": "PyPy", "graalpy": "GraalPy", "graalpython": "GraalPy", "jython": "Jython", "ironpython": "IronPython",
	"micropython": "MicroPython", "pyston": "Pyston", "stackless": "Stackless Python", "cinder": "Cinder",
	"nogil": "the nogil fork", "rustpython": "RustPython", "pyodide": "Pyodide",
}

// otherPython returns the name of a Python that is not CPython, "" for another word.
func otherPython(word string) string {
	m := otherPythons.FindStringSubmatch(strings.ToLower(word))
	if m == nil {
		return ""
	}
	return spellings[m[1]]
}

var (
	// What may come before a version: python-3.12, cpython@3.12, cp312, v3.12, ==3.12, and
	// Rye's cpython-x86_64-linux@3.12.
	before = regexp.MustCompile(`^(?:(?:cpython|python)(?:-[a-z0-9_]+-[a-z0-9_]+@|[-@]?)|cp|v|={2,3}\s*)`)

	// A release and what follows it: t and d for the kind of build, also spelled out; the
	// branch under development (-dev); the machine that it is for.
	release = regexp.MustCompile(`^([23]\.\d{1,2})(\.\d{1,3})?([-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d{1,3})?(?:\.[x*])?` +
		`(t?)(d?)((?:\+[a-z]+)*)(?:-dev)?(?:-(?:64|32|win32|arm|arm64|amd64|(?:linux|macos|darwin|windows|freebsd)[-a-z0-9_.]*))?$`)

	// 312 and 313t.
	compact = regexp.MustCompile(`^([23])(\d{1,2})(t?d?)$`)
)

// parse returns the version that a word names, "" if it names none, and whether it asks
// for a debug build.
func parse(word string) (version string, debug bool) {
	word = strings.ToLower(word)
	if version, _, is := strings.Cut(word, "/envs/"); is {
		word = version // pyenv's virtual environments: 3.12.4/envs/shop
	}
	word = word[len(before.FindString(word)):]
	if m := compact.FindStringSubmatch(word); m != nil {
		word = m[1] + "." + m[2] + m[3]
	}
	m := release.FindStringSubmatch(word)
	if m == nil {
		return "", false
	}
	if m[2] == "" && m[3] != "" {
		m[2] = ".0" // 3.14rc1 is 3.14.0rc1
	}
	v, err := pep440.ParseVersion(m[1] + m[2] + m[3])
	if err != nil {
		return "", false
	}
	version, threads := v.String(), m[4]
	debug = m[5] != ""
	for variant := range strings.SplitSeq(strings.TrimPrefix(m[6], "+"), "+") {
		switch variant {
		case "freethreaded":
			threads = "t"
		case "debug":
			debug = true
		case "", "gil":
		default:
			return "", false
		}
	}
	return version + threads, debug
}

// isRange reports whether a line is a constraint that is not an exact version.
func isRange(line string) bool {
	return strings.ContainsAny(line, "<>~^!,") || strings.HasPrefix(line, "=")
}

var conda = regexp.MustCompile(`(?i)^(?:mini|ana)conda|^miniforge|^mambaforge`)

// whyNot says why a word is passed over.
func whyNot(word string) string {
	switch {
	case isRange(word):
		return "allows several versions of Python"
	case conda.MatchString(word):
		return "is a Python of conda, which an image does not have"
	case strings.EqualFold(word, "system"):
		return "means a Python of your machine"
	case regexp.MustCompile(`^[23](\.[x*])?$`).MatchString(word):
		return "names no minor version of Python"
	}
	return "names no version of Python"
}

// quote cuts a text to what a message can have of it.
func quote(text string) string {
	if runes := []rune(text); len(runes) > maxQuote {
		return string(runes[:maxQuote]) + "…"
	}
	return text
}
