package source

import (
	"errors"
	"strings"
	"testing"
)

func parse(t *testing.T, text string) *Table {
	t.Helper()
	root, err := ParseTOML(&File{Name: "f.toml", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestParseTOML(t *testing.T) {
	root := parse(t, "\xef\xbb\xbfa.b = 1\r\n[x]\r\ns = \"t\\u00e9\"\r\n[[x.y]]\nn = [1, # c\n 'two', {k = true}]\n[[x.y]]\nn = []\n[x.y.z]\nf = 1.5\n")
	if got := root.Get("a", "b"); got.Text != "1" || got.At.Start.Line != 1 {
		t.Errorf("a.b = %+v", got)
	}
	if got := root.Get("x", "s"); got.Text != "té" || got.At.Start != (Position{3, 5}) {
		t.Errorf("x.s = %+v", got)
	}
	items := root.Get("x", "y").Items
	if len(items) != 2 {
		t.Fatalf("x.y has %d items", len(items))
	}
	n := items[0].Table.Get("n").Items
	if len(n) != 3 || n[1].Text != "two" || n[1].At.Start.Line != 6 || n[2].Table.Get("k").Kind != Bool {
		t.Errorf("x.y[0].n = %+v", n)
	}
	if got := items[1].Table.Get("z", "f"); got == nil || got.Kind != Float {
		t.Errorf("x.y[1].z.f = %+v", got)
	}
}

func TestParseTOMLError(t *testing.T) {
	for text, line := range map[string]int{"a = 1\nb = \n": 2, "a = 1\na = 2\n": 2, "[x]\n[x]\n": 2} {
		_, err := ParseTOML(&File{Name: "f.toml", Data: []byte(text)})
		var e *Error
		if !errors.As(err, &e) || e.At.Start.Line != line {
			t.Errorf("%q: %v, want line %d", text, err, line)
		}
	}
}

// An error about a type has a hint where the usual mistake is known.
func TestReaderHints(t *testing.T) {
	for text, want := range map[string]string{
		"8000": "quotes", "1.0": "quotes", "true": "quotes", "1979-05-27": "quotes", "[\"a\"]": "", "{}": "",
	} {
		wantHint(t, "string", text, want, func(r *Reader, v *Value) { r.Text(v) })
	}
	for text, want := range map[string]string{`"libpq5"`: `["a", "b"]`, "8000": "", "{}": "", "[1]": "Put the value in quotes."} {
		wantHint(t, "strings", text, want, func(r *Reader, v *Value) { r.Texts(v) })
	}
	for text, want := range map[string]string{`"true"`: "Remove the quotes.", "1": "", "[]": ""} {
		wantHint(t, "boolean", text, want, func(r *Reader, v *Value) { r.Bool(v) })
	}
	for text, want := range map[string]string{`"3"`: "Remove the quotes.", "1.5": "", "true": ""} {
		wantHint(t, "number", text, want, func(r *Reader, v *Value) { r.Int(v) })
	}
	wantHint(t, "table", "1", "", func(r *Reader, v *Value) { r.Table(v) })
	wantHint(t, "hint of the file", "1", "Run it again.", func(r *Reader, v *Value) { r.Hint = "Run it again."; r.Text(v) })
}

func wantHint(t *testing.T, name, text, want string, read func(*Reader, *Value)) {
	t.Helper()
	root, err := ParseTOML(&File{Name: "f.toml", Data: []byte("a = " + text + "\n")})
	if err != nil {
		t.Fatal(err)
	}
	var r Reader
	read(&r, root.Get("a"))
	all := All(errors.Join(r.Errs...))
	if len(all) != 1 || (want == "") != (all[0].Hint == "") || !strings.Contains(all[0].Hint, want) {
		t.Errorf("%s from %s: %v, want a hint with %q", name, text, r.Errs, want)
	}
}

func TestAll(t *testing.T) {
	a, b := Errorf(Range{}, "a"), Errorf(Range{}, "b")
	if got := All(errors.Join(a, nil, errors.Join(b))); len(got) != 2 || got[0] != a || got[1] != b {
		t.Errorf("All = %v", got)
	}
}

func TestNearest(t *testing.T) {
	for name, want := range map[string]string{"developmnt": "development", "prod": "production", "dev": "development", "comand": "command", "co": "", "": "", "nothing": ""} {
		if got := Nearest(name, []string{"command", "development", "production"}); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
