package source

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
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

// Excerpt is a few lines of a file around one or more places: shortened, without secrets
// and without control characters.
type Excerpt struct {
	File  string
	Marks [][2]int // the first and the last line of each place
	First int      // the number of the first line below
	Lines []string // all that are marked, at least
}

// NewExcerpt cuts the lines around places out of their file. The places are in order. It
// returns nil if the first names no line of the file.
func NewExcerpt(places ...Range) *Excerpt {
	first, end := places[0].Lines()
	if places[0].File == nil || first < 1 {
		return nil
	}
	x := &Excerpt{File: printable(places[0].File.Name), First: max(first-linesAround, 1)}
	columns := map[int]int{}
	for _, at := range places {
		from, to := at.Lines()
		x.Marks = append(x.Marks, [2]int{from, to})
		columns[from], end = at.Start.Column, max(end, to)
	}
	for number, line := range numberedLines(places[0].File, end+linesAround) {
		if number >= x.First {
			x.Lines = append(x.Lines, shorten(string(line), columns[number]))
		}
	}
	if len(x.Lines) <= first-x.First {
		return nil
	}
	for i := range x.Marks {
		x.Marks[i][1] = min(x.Marks[i][1], x.First+len(x.Lines)-1)
	}
	return x
}

// near reports whether two places, the second after the first, fit into one excerpt.
func near(a, b Range) bool {
	first, end := a.Lines()
	start, _ := b.Lines()
	return a.File == b.File && first > 0 && start <= end+2*linesAround+1
}

// Sparse returns a stand-in for a file in which only the lines around some places are not
// empty.
func Sparse(f *File, places []Range) []byte {
	columns, last := map[int]int{}, 0 // of the lines to show
	for _, at := range places {
		if at.File != f || at.Start.Line < 1 {
			continue
		}
		first, end := at.Lines()
		last = max(last, end+linesAround)
		for number := max(first-linesAround, 1); number <= end+linesAround; number++ {
			columns[number] = max(columns[number], 1)
		}
		columns[first] = max(columns[first], at.Start.Column)
	}
	var b bytes.Buffer
	for number, line := range numberedLines(f, last) {
		if column, ok := columns[number]; ok {
			b.WriteString(shorten(string(line), column))
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// Lines returns the first and the last line of a range that are shown as its own: 0 if it
// names no line.
func (r Range) Lines() (first, last int) {
	first, last = r.Start.Line, max(r.End.Line, r.Start.Line)
	// A range that ends at the start of a line does not cover that line.
	if last > first && r.End.Column <= 1 {
		last--
	}
	return first, min(last, first+maxMarked-1)
}

// numberedLines yields a file's lines up to one, with their numbers and without secrets.
func numberedLines(f *File, last int) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		number := 0
		for line := range bytes.Lines(concealed(firstLines(bytes.TrimPrefix(f.Data, []byte("\xef\xbb\xbf")), last))) {
			if number++; !yield(number, bytes.TrimRight(line, "\r\n")) {
				return
			}
		}
	}
}

// firstLines returns so many lines, or all.
func firstLines(data []byte, most int) []byte {
	end := 0
	for ; most > 0; most-- {
		n := bytes.IndexByte(data[end:], '\n')
		if n < 0 {
			return data
		}
		end += n + 1
	}
	return data[:end]
}

// Padding returns the number of empty lines before the excerpt in Data.
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
	fmt.Fprintf(&b, "%s:%d\n%s", x.File, x.Marks[0][0], rule)
	for i, line := range x.Lines {
		number, mark := x.First+i, "   "
		if slices.ContainsFunc(x.Marks, func(m [2]int) bool { return m[0] <= number && number <= m[1] }) {
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

// cutAny cuts as strings.Cut does, at the first of several characters.
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
