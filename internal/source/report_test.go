package source

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func numbered(name string, lines int) *File {
	var b strings.Builder
	for i := 1; i <= lines; i++ {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return &File{Name: name, Data: []byte(b.String())}
}

func at(f *File, line int) Range {
	return Range{File: f, Start: Position{line, 1}, End: Position{line, 5}}
}

type adviser struct{ error }

func (adviser) Hint() string { return "Do that." }

// Errors are shown in the order of the files' lines, each once, whatever they are joined
// or wrapped with; one without a place is shown too.
func TestReport(t *testing.T) {
	a, b := numbered("a", 9), numbered("b", 9)
	err := fmt.Errorf("context: %w", errors.Join(
		Errorf(at(a, 7), "seven").WithHint("Mend it."),
		errors.New("nowhere"),
		Errorf(at(b, 2), "b two"),
		errors.Join(Errorf(at(a, 3), "three").WithHint("Mend it."), nil, Errorf(at(a, 7), "seven").WithHint("Mend it.")),
		Errorf(Whole(a), "all of it"),
	))
	if got, want := NewReport(err).Error(), strings.Join([]string{
		"a: all of it", "a:3: three", "hint: Mend it.", "a:7: seven", "nowhere", "b:2: b two",
	}, "\n"); got != want {
		t.Errorf("got\n%s", got)
	}
	if all := All(err); len(all) != 5 || all[0].Message != "seven" {
		t.Errorf("%v", all)
	}
	plain := fmt.Errorf("reading: %w", errors.Join(errors.New("one"), errors.New("two")))
	if got := NewReport(plain).Error(); got != "reading: one\ntwo" {
		t.Errorf("%q", got)
	}
	if got := NewReport(adviser{errors.New("broken")}).Error(); got != "broken\nhint: Do that." {
		t.Errorf("%q", got)
	}
	if got := NewReport(nil).Error(); got != "" {
		t.Errorf("%q", got)
	}
}

// Whatever there are of errors and however long they are, a report is short.
func TestReportIsBounded(t *testing.T) {
	size := func(errs, message, lineWidth int) (text int, allocated uint64) {
		f := &File{Name: "poetry.lock", Data: []byte(strings.Repeat(strings.Repeat("x", lineWidth)+"\n", 8))}
		var all []error
		for i := range errs {
			all = append(all, Errorf(at(f, 1+i%8), "%d %s", i, strings.Repeat("m", message)).WithHint("%s", strings.Repeat("h", message)))
		}
		joined := errors.Join(all...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := NewReport(joined)
		whole := r.Text((*Excerpt).String)
		runtime.ReadMemStats(&after)
		if want := fmt.Sprintf("and %d more", errs-maxErrors); !strings.HasSuffix(whole, want) {
			t.Errorf("%d errors end with %q", errs, whole[len(whole)-50:])
		}
		return len(whole), after.TotalAlloc - before.TotalAlloc
	}
	const most = maxErrors * (2*maxMessage + 5*(maxWidth+20) + 200)
	for _, c := range [][3]int{{600, 10, 10}, {600, 10, 1 << 20}, {10, 1 << 20, 10}, {10_000, 100, 10}} {
		if text, _ := size(c[0], c[1], c[2]); text > most {
			t.Errorf("%v: %d bytes", c, text)
		}
	}
	// Ten times the errors take about ten times the memory.
	_, few := size(1_000, 100, 10)
	_, many := size(10_000, 100, 10)
	if many > 20*few {
		t.Errorf("%d bytes for 1 000 errors, %d for 10 000", few, many)
	}
}

func TestExcerpt(t *testing.T) {
	f := numbered("file", 100)
	for name, c := range map[string]struct {
		at   Range
		want string
	}{
		"in the middle":     {at(f, 50), " 48  49 >50  51  52"},
		"the first line":    {at(f, 1), " >1   2   3"},
		"the last line":     {at(f, 100), " 98  99 >100"},
		"some lines":        {Range{f, Position{5, 1}, Position{7, 3}}, "  3   4  >5  >6  >7   8   9"},
		"up to a start":     {Range{f, Position{5, 1}, Position{6, 1}}, "  3   4  >5   6   7"},
		"many lines":        {Range{f, Position{5, 1}, Position{90, 3}}, "  3   4  >5  >6  >7  >8  >9 >10  11  12"},
		"no end":            {Range{f, Position{5, 1}, Position{}}, "  3   4  >5   6   7"},
		"after the end":     {at(f, 101), ""},
		"the whole file":    {Whole(f), ""},
		"no file":           {Range{}, ""},
		"an empty file":     {at(&File{}, 1), ""},
		"to beyond":         {Range{f, Position{99, 1}, Position{200, 3}}, " 97  98 >99 >100"},
		"a byte order mark": {at(&File{Data: []byte("\xef\xbb\xbfx")}, 1), " >1"},
	} {
		t.Run(name, func(t *testing.T) {
			x, got := NewExcerpt(c.at), ""
			if x == nil {
				if c.want != "" {
					t.Error("nothing")
				}
				return
			}
			for i := range x.Lines {
				mark := " "
				if n := x.First + i; x.Marks[0][0] <= n && n <= x.Marks[0][1] {
					mark = ">"
				}
				got += fmt.Sprintf("%5s", fmt.Sprintf("%s%d", mark, x.First+i))
			}
			if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(c.want), " ") {
				t.Errorf("%q", got)
			}
			lines := strings.Split(string(x.Data()), "\n")
			if len(lines) != x.First+len(x.Lines)-1 || lines[x.Marks[0][0]-1] != x.Lines[x.Marks[0][0]-x.First] {
				t.Errorf("the data has %d lines", len(lines))
			}
		})
	}
	want := "file:2\n--------------------\n   1 |     line 1\n   2 | >>> line 2\n   3 |     line 3\n   4 |     line 4\n--------------------\n"
	if diff := cmp.Diff(want, NewExcerpt(at(f, 2)).String()); diff != "" {
		t.Error(diff)
	}
}

// Errors that are close together have one excerpt.
func TestExcerptsInCommon(t *testing.T) {
	f, other := numbered("file", 50), numbered("other", 50)
	var got []string
	text := NewReport(errors.Join(
		Errorf(Whole(f), "all"), Errorf(at(f, 3), "a"), Errorf(at(f, 3), "b"), Errorf(at(f, 8), "c"), Errorf(at(f, 14), "d"), Errorf(at(other, 15), "e"),
	)).Text(func(x *Excerpt) string {
		got = append(got, fmt.Sprintf("%s %v %d-%d", x.File, x.Marks, x.First, x.First+len(x.Lines)-1))
		return "excerpt"
	})
	if diff := cmp.Diff([]string{"file [[3 3] [3 3] [8 8]] 1-10", "file [[14 14]] 12-16"}, got); diff != "" {
		t.Error(diff)
	}
	if want := "file: all\nfile:3: a\nfile:3: b\nfile:8: c\nexcerpt\nfile:14: d\nexcerpt\nand 1 more"; text != want {
		t.Errorf("%s", text)
	}
}

// Of a file with many places only their lines are left, under their numbers.
func TestSparse(t *testing.T) {
	f := numbered("file", 1000)
	other := numbered("other", 1000)
	got := string(Sparse(f, []Range{at(f, 900), at(f, 10), at(f, 12), at(other, 500), Whole(f), at(f, 5000)}))
	lines := strings.Split(got, "\n")
	for i, line := range lines {
		n := i + 1
		want := ""
		if 8 <= n && n <= 14 || 898 <= n && n <= 902 {
			want = fmt.Sprint("line ", n)
		}
		if line != want {
			t.Errorf("line %d: %q", n, line)
		}
	}
	if len(got) > 1200 {
		t.Errorf("%d bytes", len(got))
	}
	if got := Sparse(f, nil); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// A long line is shown around the place, and nothing in it does anything to a terminal.
func TestExcerptOfALongLine(t *testing.T) {
	for _, c := range []struct{ before, after int }{
		{0, 4 << 20}, {100, 4 << 20}, {1 << 20, 1 << 20}, {4 << 20, 0}, {4 << 20, 50}, {maxLooked + 1, 10},
	} {
		line := strings.Repeat("é,", c.before/3) + "HERE" + strings.Repeat("é", c.after/2)
		f := &File{Data: []byte(line)}
		start := len(strings.Repeat("é,", c.before/3)) + 1
		x := NewExcerpt(Range{f, Position{1, start}, Position{1, start + 4}})
		if got := x.Lines[0]; len(got) > maxWidth+10 || !strings.Contains(got, "HERE") || strings.ContainsRune(got, '\uFFFD') {
			t.Errorf("%v: %d bytes, %q", c, len(got), got)
		}
	}
	f := &File{Data: []byte("a\x1b[31m\tb\x07\xff\r\n")}
	if got := NewExcerpt(at(f, 1)).Lines[0]; got != "a\uFFFD[31m\tb\uFFFD\uFFFD" {
		t.Errorf("%q", got)
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		`url = "https://ci:s3cret@host/simple"`:          `url = "https://xxxxx@host/simple"`,
		`url = "https://s3cret@host/simple"`:             `url = "https://xxxxx@host/simple"`,
		`git+https://ci:s3@cret@host/r.git@main`:         `git+https://xxxxx@host/r.git@main`,
		`https://ci:s3/cret#x@host/simple`:               `https://xxxxx@host/simple`,
		`git+https://github.com/a/b.git@v1`:              `git+https://github.com/a/b.git@v1`,
		`http://localhost:8080/a@1`:                      `http://localhost:8080/a@1`,
		`ssh://git@github.com/a/b.git`:                   `ssh://git@github.com/a/b.git`,
		`git+ssh://git:s3cret@github.com/a`:              `git+ssh://xxxxx@github.com/a`,
		`postgres://shop:s3cret@db:5432/shop`:            `postgres://xxxxx@db:5432/shop`,
		`https://b.example/f?X-Amz-Signature=s3cret&x=1`: `https://b.example/f?X-Amz-Signature=xxxxx&x=1`,
		`https://b.example/f?se=1&sig=s3cret`:            `https://b.example/f?se=1&sig=xxxxx`,
		`env = { API_TOKEN = "s3cret", DEBUG = "1" }`:    `env = { API_TOKEN = "xxxxx", DEBUG = "1" }`,
		`SECRET_KEY = 's3"cret'`:                         `SECRET_KEY = "xxxxx"`,
		`"db.password" = "s3\"cret"`:                     `"db.password" = "xxxxx"`,
		`tokenizers = ">=0.15"`:                          `tokenizers = ">=0.15"`,
		`secretstorage = "^3"`:                           `secretstorage = "^3"`,
		`name = "token"`:                                 `name = "token"`,
		`hash = "sha256:ab"`:                             `hash = "sha256:ab"`,
	} {
		if got := Redact(in); got != want {
			t.Errorf("%s\n got %s", in, got)
		}
	}
	// A secret is not shown by halves, and not in what is said of it.
	line := `dependencies = ["x @ https://ci:` + strings.Repeat("s3cret", 10) + `@host/x.whl"` + strings.Repeat(", 1", 3000) + "]"
	f := &File{Name: "f", Data: []byte(line)}
	for column := 1; column < 200; column++ {
		if text := NewExcerpt(Range{f, Position{1, column}, Position{1, column}}).String(); strings.Contains(text, "s3cret") {
			t.Fatalf("column %d: %s", column, text)
		}
	}
	if text := NewReport(Errorf(at(f, 1), "cannot read https://ci:s3cret@host").WithHint("Ask https://s3cret@host.")).Error(); strings.Contains(text, "s3cret") {
		t.Error(text)
	}
}
