package wheel

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// As csv.reader(text.splitlines()) of Python has it.
func TestCSVRows(t *testing.T) {
	for text, want := range map[string][][]string{
		"a,b,c\nd,,\n":           {{"a", "b", "c"}, {"d", "", ""}},
		"a,b,c\r\n\r\nd":         {{"a", "b", "c"}, nil, {"d"}},
		"\"a,\"\"b\",c\n":        {{`a,"b`, "c"}},
		"a\"b\",\"c\"d\"e,\n":    {{`a"b"`, `cd"e`, ""}},
		"\"a\nb\",c\n\"d\n":      {{"ab", "c"}, {"d"}},
		"a\vb\u2028c\x1cd\n\"\"": {{"a"}, {"b"}, {"c"}, {"d"}, {""}},
	} {
		if got, _ := csvRows(text); !cmp.Equal(want, got) {
			diff := cmp.Diff(want, got)
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestRecord(t *testing.T) {
	const own = "demo-1.0.dist-info/RECORD,,\n"
	for record, want := range map[string]string{
		"x,sha256=a,1\n" + own: "METADATA is not in it (and 1 more",
		".\\x,,\n" + own:       "x is not in it",
		"x,,1\n":               "x has no hash or no size",
		"x,md5=a,1\ndemo-1.0.dist-info/METADATA,md5=a,1\ndemo-1.0.dist-info/WHEEL,md5=a,1\ndemo-1.0.dist-info/RECORD,md5=a,": "the line of RECORD itself has",
		"x\n":              "error: RECORD: row 1 has 1 fields",
		"x,sha256=a,1\n\n": "error: RECORD: row 2 has 0 fields",
		"x,SHA256=a,1\n":   "error: RECORD: \"SHA256=a\" is not a hash",
		"x,abc,1\n":        "error: RECORD: \"abc\" is not a hash",
		"x,sha256=a,1k\n":  "error: RECORD: \"1k\" is not a size",
		"y,abc,1k\n":       "x is not in it",
		"x,md5=\xff,1\n":   "error: RECORD is not UTF-8",
	} {
		entries := demo(f{"x", "", 0})
		entries[len(entries)-1].text = record
		_, warnings, err := installInto(t, "/v", "", makeWheel(t, "demo-1.0-py3-none-any.whl", entries))
		got := warnings
		if err != nil {
			got = "error: " + err.Error()[strings.Index(err.Error(), "RECORD"):]
		}
		if !strings.Contains(got, want) {
			t.Errorf("%q: got %q, want %q", record, got, want)
		}
	}
}

func TestHeader(t *testing.T) {
	for text, want := range map[string]string{
		"A: 1\nb:  2 \nB: 3\n":    "2 ",
		"A: 1\r\nB: 2\r\n":        "2",
		"A: 1\r  x\rB: 2":         "2",
		"A: 1\n\nB: 2\n":          "",
		"hello\nB: 2\n":           "",
		"B : 2\n":                 "",
		"B:\n 2\n":                "",
		"A: 1\n not B: 3\nB: 2\n": "2",
	} {
		if got := header([]byte(text), "B"); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Names that are not said to be UTF-8 are of code page 437, as in Python.
func TestEntryName(t *testing.T) {
	root, _, err := installInto(t, "/v", "", makeWheel(t, "demo-1.0-py3-none-any.whl", demo(f{"\x81\xe1\xff.py", "", 0}, f{"ü.py", "", 0})))
	if err != nil {
		t.Fatal(err)
	}
	got := list(t, root)
	for _, name := range []string{"üß\u00a0.py", "ü.py"} {
		if _, found := got[site+name]; !found {
			t.Errorf("%q is missing: %v", name, got)
		}
	}
}

// An entry has its name twice in an archive; the two must be one.
func TestTwoNames(t *testing.T) {
	file := makeWheel(t, "demo-1.0-py3-none-any.whl", demo(f{"demo.py", "", 0}))
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.Replace(b, []byte("demo.py"), []byte("evil.py"), 1)
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := installInto(t, "/v", "", file); err == nil || !strings.Contains(err.Error(), "another name in its header") {
		t.Errorf("got %v", err)
	}
}

// Between an entry's name and its data may be what else a tool has to say.
func TestExtraFields(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range demo(f{"demo.py", "", 0}) {
		extra := append([]byte{0xff, 0xff, 0x2c, 0x01}, bytes.Repeat([]byte("PK\x03\x04"), 75)...)
		if _, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Extra: extra}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "demo-1.0-py3-none-any.whl")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := installInto(t, "/v", "", file); err == nil || !strings.Contains(err.Error(), "Wheel-Version") {
		t.Errorf("got %v", err) // its WHEEL is empty
	}
}

// Poetry opens the file that is there: one that was executable stays so.
func TestExecutableStays(t *testing.T) {
	root, _, err := installInto(t, "/v", "", makeWheel(t, "demo-1.0-py3-none-any.whl", demo(
		f{"demo-1.0.dist-info/entry_points.txt", "[console_scripts]\nx = a:b\n", 0},
		f{"demo-1.0.data/scripts/x", "own", 0o100644})))
	if err != nil {
		t.Fatal(err)
	}
	if got := list(t, root)["bin/x"]; got != "755 own" {
		t.Errorf("%q", got)
	}
}
