package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of an excerpt. Locks have lines of kilobytes, and ranges of thousands of lines.
const (
	linesAround = 2       // before the place and after it
	maxMarked   = 6       // of the place itself
	maxWidth    = 160     // bytes of a line
	maxLooked   = 4 << 10 // of them before and after the place
)

// Excerpt is a few lines of a file around a place: shortened, without secrets and
// without control characters.
type Excerpt struct {
	File       string
	Start, End int      // the lines of the place
	First      int      // the number of the first line below
	Lines      []string // at least Start to End
}

// NewExcerpt cuts the lines around a place out of its file. It returns nil if the place
// names no line of the file.
func NewExcerpt(at Range) *Excerpt {
	if at.File == nil || at.Start.Line < 1 {
		return nil
	}
	end := max(at.End.Line, at.Start.Line)
	// A range that ends at the start of a line does not cover that line.
	if end > at.Start.Line && at.End.Column <= 1 {
		end--
	}
	end = min(end, at.Start.Line+maxMarked-1)
	x := &Excerpt{File: printable(at.File.Name), Start: at.Start.Line, First: max(at.Start.Line-linesAround, 1)}
	number := 0 // of the line at hand
	for line := range bytes.Lines(bytes.TrimPrefix(at.File.Data, []byte("\xef\xbb\xbf"))) {
		if number++; number > end+linesAround {
			break
		}
		if number < x.First {
			continue
		}
		column := 1
		if number == at.Start.Line {
			column = at.Start.Column
		}
		x.Lines = append(x.Lines, shorten(strings.TrimRight(string(line), "\r\n"), column))
	}
	if last := x.First + len(x.Lines) - 1; last >= x.Start {
		x.End = min(end, last)
		return x
	}
	return nil
}

// Padding is how many empty lines come before the excerpt in Data.
func (x *Excerpt) Padding() int { return x.First - 1 }

// Data returns a stand-in for the file in which the excerpt's lines have their numbers:
// all lines before them are empty, and those after them are missing.
func (x *Excerpt) Data() []byte {
	return []byte(strings.Repeat("\n", x.Padding()) + strings.Join(x.Lines, "\n"))
}

// String returns the excerpt as BuildKit's clients print one.
func (x *Excerpt) String() string {
	const rule = "--------------------\n"
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d\n%s", x.File, x.Start, rule)
	for i, line := range x.Lines {
		number, mark := x.First+i, "   "
		if x.Start <= number && number <= x.End {
			mark = ">>>"
		}
		fmt.Fprintf(&b, " %3d | %s %s\n", number, mark, line)
	}
	return b.String() + rule
}

// shorten makes a line fit to be shown: of a long one, what is around a column.
func shorten(line string, column int) string {
	at := min(max(column-1, 0), len(line))
	before, after := line[:at], line[at:]
	// A line can have megabytes, too many to look for secrets. What is left of a word
	// at the start goes: half of a secret would not be recognized.
	if len(before) > maxLooked {
		before = before[len(before)-maxLooked:]
		_, before = cutAny(before, " \t\"',")
		before = "…" + before
	}
	after = after[:min(len(after), maxLooked)]
	line = printable(Redact(before + after))
	if len(line) <= maxWidth {
		return line
	}
	at = min(len(printable(Redact(before))), len(line))
	if at <= maxWidth*3/4 {
		return cut(line, maxWidth)
	}
	start := min(at-maxWidth/4, len(line)-maxWidth)
	for !utf8.RuneStart(line[start]) {
		start++
	}
	return "…" + cut(line[start:], maxWidth)
}

// cutAny is strings.Cut at the first of some characters.
func cutAny(text, chars string) (before, after string) {
	if i := strings.IndexAny(text, chars); i >= 0 {
		return text[:i], text[i+1:]
	}
	return text, ""
}

// cut returns a text of at most so many bytes, and "…" if something is missing.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}

// printable replaces what moves a terminal's cursor or changes its colors, and what is
// no UTF-8. Line feeds and tabs stay.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, text)
}
