package wheels

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// entry is one entry of a wheel that is made for a test.
type entry struct {
	name, text string
	mode       uint32 // st_mode; 0: a regular file, 0644
	local      string // name in the entry's own header, of the same length; "": the same
	flags      uint16
}

// mode0 is no mode at all, as zips made on Windows have.
const mode0 = 1 << 31

const (
	info   = "demo-1.0.dist-info/"
	data   = "demo-1.0.data/"
	pyproj = "Name: demo\nVersion: 1.0\n"
	good   = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
)

// with is a good wheel but for what is added, or replaced where a name of
// .dist-info is given.
func with(more ...entry) []entry {
	rest := []entry{{name: info + "METADATA", text: pyproj}, {name: info + "WHEEL", text: good}, {name: info + "RECORD"}}
	for _, e := range more {
		for i, r := range rest {
			if r.name == e.name {
				rest = append(rest[:i:i], rest[i+1:]...)
				break
			}
		}
	}
	return append(more, rest...)
}

func without(name string) []entry {
	var all []entry
	for _, e := range with() {
		if e.name != info+name {
			all = append(all, e)
		}
	}
	return all
}

func points(text string) []entry { return with(entry{name: info + "entry_points.txt", text: text}) }
func record(text string) []entry {
	return with(entry{name: "demo.py"}, entry{name: info + "RECORD", text: text})
}
func about(text string) []entry { return with(entry{name: info + "WHEEL", text: text}) }

// pack is the archive of the entries, in their order.
func pack(t *testing.T, entries []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		mode := e.mode
		if mode == 0 {
			mode = 0o100644
		}
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, CreatorVersion: 3 << 8, ExternalAttrs: mode << 16, Flags: e.flags}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(e.name, "/") {
			if _, err := w.Write([]byte(e.text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	all := b.Bytes()
	for _, e := range entries {
		if e.local != "" { // the first occurrence is the one in front of the data
			copy(all[bytes.Index(all, []byte(e.name)):], e.local)
		}
	}
	return all
}

// made are archives that no one should publish. Where Quatrain refuses what Poetry
// installs, or the other way round, refused names why.
var made = []struct {
	name    string
	entries []entry
	refused string // "": by both or by none
}{
	{"plain", with(entry{name: "demo.py"}), ""},
	{"old attributes", with(entry{name: "demo.py", mode: mode0}, entry{name: "x", mode: 0o755}), ""},
	{"executable", with(entry{name: "x", mode: 0o100700}, entry{name: "y", mode: 0o104010}), ""},
	{"folders", with(entry{name: "empty/", mode: 0o40755}, entry{name: "demo/", mode: 0o40700}, entry{name: "demo/x"}), ""},
	{"folders with files' modes", with(entry{name: "demo/", mode: 0o100644}, entry{name: "demo/x"}), ""},
	{"no folder's name", with(entry{name: "demo", mode: 0o40755}), "types"},
	{"device", with(entry{name: "demo", mode: 0o020666}), "types"},
	{"link", with(entry{name: "demo", text: "/etc/passwd", mode: 0o120777}), "types"},

	{"same entry twice", with(entry{name: "x", text: "1"}, entry{name: "x", text: "1"}), ""},
	{"two contents", with(entry{name: "x", text: "1"}, entry{name: "x", text: "2"}), "two contents"},
	{"two spellings", with(entry{name: "x", text: "1"}, entry{name: "./x", text: "2"}), "two contents"},
	{"two schemes", with(entry{name: "x", text: "1"}, entry{name: data + "purelib/x", text: "2"}), "two contents"},
	{"two WHEELs", append(with(), entry{name: info + "WHEEL", text: strings.Replace(good, "1.0", "1.9", 1)}), "two contents"},
	{"two RECORDs", append(with(), entry{name: info + "RECORD", text: "a,b\n"}), ""},
	{"file and folder", with(entry{name: "x"}, entry{name: "x/y"}), ""},
	{"folder and file", with(entry{name: "x/y"}, entry{name: "x"}), ""},

	{"two dist-infos", with(entry{name: "other-1.dist-info/WHEEL", text: good}), ""},
	{"empty second dist-info", with(entry{name: "other-1.dist-info/", mode: 0o40755}), ""},
	{"file called dist-info", with(entry{name: "other-1.dist-info"}), ""},
	{"no dist-info", []entry{{name: "demo.py"}}, ""},
	{"another's dist-info", []entry{{name: "other-1.dist-info/WHEEL", text: good}, {name: "other-1.dist-info/RECORD"}}, ""},
	{"another version's dist-info", []entry{{name: "demo-2.0.dist-info/WHEEL", text: good}, {name: "demo-2.0.dist-info/RECORD"}}, ""},
	{"dist-info of another spelling", []entry{{name: "De.Mo-1.0.dist-info/WHEEL", text: good}}, ""},
	{"dist-info in capitals", []entry{{name: "DEMO-1.0.dist-info/WHEEL", text: good}, {name: "DEMO-1.0.dist-info/RECORD"}}, ""},
	{"dist-info without version", []entry{{name: "demo.dist-info/WHEEL", text: good}, {name: "demo.dist-info/RECORD"}}, ""},

	{"no WHEEL", without("WHEEL"), ""},
	{"no METADATA", without("METADATA"), ""},
	{"no RECORD", without("RECORD"), ""},
	{"empty WHEEL", about(""), ""},
	{"Wheel-Version 2.0", about("Wheel-Version: 2.0\n"), ""},
	{"Wheel-Version 1.9", about("Wheel-Version: 1.9\n"), ""},
	{"Wheel-Version 10", about("Wheel-Version: 10\n"), ""},
	{"Wheel-Version below an empty line", about("\nWheel-Version: 1.0\n"), ""},
	{"Wheel-Version below a text", about("hello\nWheel-Version: 1.0\n"), ""},
	{"Wheel-Version with a space", about("Wheel-Version : 1.0\n"), ""},
	{"Wheel-Version in the next line", about("Wheel-Version:\n 1.0\n"), ""},
	{"wheel-version in small letters", about("wheel-version: 1.0\nroot-is-purelib: true\n"), ""},
	{"line ends of Windows", about(strings.ReplaceAll(good, "\n", "\r\n")), ""},
	{"line ends of old", about(strings.ReplaceAll(good, "\n", "\r")), ""},
	{"Root-Is-Purelib missing", append(about("Wheel-Version: 1.0\n"), entry{name: data + "purelib/p.py"}, entry{name: data + "platlib/q.py"}), ""},
	{"Root-Is-Purelib True", append(about("Wheel-Version: 1.0\nRoot-Is-Purelib: True\n"), entry{name: data + "purelib/p.py"}), ""},
	{"Root-Is-Purelib with a space", append(about("Wheel-Version: 1.0\nRoot-Is-Purelib: true \n"), entry{name: data + "purelib/p.py"}), ""},
	{"WHEEL not UTF-8", about(good + "X: \xff\n"), ""},

	{"empty row", record("demo.py,,\n\ndemo-1.0.dist-info/RECORD,,\n"), ""},
	{"two fields", record("demo.py,\n"), ""},
	{"four fields", record("demo.py,,,\n"), ""},
	{"another's row", record("other.py,md5,x\n"), ""},
	{"hash without algorithm", record("demo.py,abc,0\n"), ""},
	{"unknown algorithm", record("demo.py,SHA256=abc,0\n"), ""},
	{"odd algorithms", record("demo.py,md5-sha1=abc=,0\n"), ""},
	{"no size", record("demo.py,sha256=abc,x\n"), ""},
	{"odd size", record("demo.py,sha256=abc, +1_0 \n"), ""},
	{"row of another path", record(".\\demo.py,,\n"), ""},
	{"quotes", record("\"demo.py\",\"sha256=a\"\"b\",0\n\"demo-1.0.dist-info/RECORD\",,"), ""},
	{"quotes within", record("demo.py,sha256=a\"b,0\n"), ""},
	{"quotes over lines", record("\"demo.py\n\",sha256=ab,0\n"), ""},
	{"open quotes", record("\"demo.py,sha256=ab,0\n"), ""},
	{"text after quotes", record("\"demo\".py,sha256=ab,0\n"), ""},
	{"odd line ends", record("demo.py,sha256=ab,0\vdemo-1.0.dist-info/RECORD,,\u2028"), ""},
	{"RECORD not UTF-8", record("demo.py,sha256=\xff,0\n"), ""},
	{"signed", with(entry{name: info + "RECORD.jws"}, entry{name: info + "sub/RECORD.p7s"}), ""},
	{"RECORD lists itself with a hash", record("demo-1.0.dist-info/RECORD,sha256=a,1\n"), ""},

	{"unknown scheme", with(entry{name: data + "nope/x"}), ""},
	{"scheme as a file", with(entry{name: data + "scripts"}), ""},
	{"data as a file", with(entry{name: "demo-1.0.data"}), ""},
	{"another's data", with(entry{name: "other-1.0.data/nope/x"}, entry{name: "Demo-1.0.data/scripts/x"}), ""},
	{"all schemes", with(entry{name: data + "purelib/a"}, entry{name: data + "platlib/b"}, entry{name: data + "headers/c/d.h"},
		entry{name: data + "scripts/e/f"}, entry{name: data + "data/g"}, entry{name: data + "data/share/h"}, entry{name: data + "data/lib64/of-lib64"}), ""},
	{"data in site-packages", with(entry{name: data + "data/lib/python3.11/site-packages/x.py"}, entry{name: data + "data/bin/y"}), ""},

	{"absolute", with(entry{name: "/tmp/quatrain-absolute"}), ""},
	{"above", with(entry{name: "../x"}), ""},
	{"above a scheme", with(entry{name: data + "scripts/../../x"}), ""},
	{"above the root", with(entry{name: data + "data/../x"}), ""},
	{"above, a folder", with(entry{name: "../", mode: 0o40755}), "spelling"},
	{"above and back", with(entry{name: "demo/../x"}), "spelling"},
	{"dots", with(entry{name: "./x"}, entry{name: "a/./b"}, entry{name: "a//c"}), ""},
	{"dot before data", with(entry{name: "./" + data + "scripts/x"}), ""},
	{"backslash", with(entry{name: `demo\x.py`}), "spelling"},
	{"line end", with(entry{name: "demo/x\n.py"}), "spelling"},
	{"line separator", with(entry{name: "demo/x\u2028.py"}), "spelling"},
	{"NUL", with(entry{name: "demo/x\x00.py"}), "spelling"},
	{"long name", with(entry{name: strings.Repeat("n", 300)}), ""},
	{"long path", with(entry{name: strings.Repeat("n/", 2040) + "n"}), ""},
	{"not so long path", with(entry{name: strings.Repeat(strings.Repeat("n", 200)+"/", 18) + "n"}), ""},
	{"spaces", with(entry{name: "a b/c d.py"}, entry{name: data + "scripts/e f", text: "#!python\n", mode: 0o100755}), ""},
	{"comma", with(entry{name: "a,b.py"}, entry{name: `a"b.py`}), ""},
	{"UTF-8", with(entry{name: "ümlaut.py"}, entry{name: "日本.py"}), ""},
	{"UTF-8 that is none", with(entry{name: "\xff.py", flags: 0x800}), ""},
	{"code page 437", with(entry{name: "\x81mlaut\xff.py"}), ""},
	{"another name in the header", with(entry{name: "demo.py", local: "evil.py"}), ""},
	{"encrypted", with(entry{name: "demo.py", text: "x", flags: 1}), ""},

	{"byte code", with(entry{name: "demo/__pycache__/x.pyc"}, entry{name: "__pycache__"}, entry{name: data + "scripts/__pycache__/y"}), ""},
	{"interpreter", with(entry{name: data + "scripts/python3.9"}), "environment"},
	{"pyvenv.cfg", with(entry{name: data + "data/pyvenv.cfg"}), "environment"},
	{"lib64", with(entry{name: data + "data/lib64"}), "environment"},
	{"folder for python", with(entry{name: data + "data/bin/python/x"}), ""},
	{"folder for another python", with(entry{name: data + "data/bin/python9/x"}), "environment"},
	{"activate", with(entry{name: data + "scripts/activate"}), "environment"},
	{"another's RECORD", with(entry{name: data + "purelib/zz-9.dist-info/RECORD"}), "another package"},
	{"own RECORD by data", with(entry{name: data + "purelib/" + info + "RECORD"}), ""},

	{"script", with(entry{name: data + "scripts/x", text: "#!python -E\nx\n", mode: 0o100755}), ""},
	{"script of 0644", with(entry{name: data + "scripts/x", text: "#!python\nx\n"}), ""},
	{"windowed script", with(entry{name: data + "scripts/x", text: "#!pythonw\r\nx\r\n"}), ""},
	{"script of one line", with(entry{name: data + "scripts/x", text: "#!python"}), ""},
	{"script of old line ends", with(entry{name: data + "scripts/x", text: "#!python\rx\r"}), ""},
	{"script of another", with(entry{name: data + "scripts/x", text: "#!/usr/bin/env python\nx\n"}), ""},
	{"script in purelib", with(entry{name: "x", text: "#!python\nx\n"}), ""},
	{"script over launcher", append(points("[console_scripts]\nx = a:b\n"), entry{name: data + "scripts/x", text: "#!python\nown\n"}), ""},
	{"data over launcher", append(points("[console_scripts]\nx = a:b\n"), entry{name: data + "data/bin/x", text: "own"}), ""},
	{"INSTALLER of its own", with(entry{name: info + "INSTALLER", text: "me"}), ""},

	{"launchers", points("[console_scripts]\nx = a:b\ny=a.b : c.d [e,f]\n\n[gui_scripts]\nz = a:b\n[other]\nq = %(r)s\n"), ""},
	{"no attribute", points("[console_scripts]\nx = a.b\n"), ""},
	{"empty attribute", points("[console_scripts]\nx = a.b:\n"), ""},
	{"code", points("[console_scripts]\nx = a:b;import os\n"), ""},
	{"code below", points("[console_scripts]\nx = a:b\n  import os\n"), ""},
	{"value below", points("[console_scripts]\nx =\n  a\n\n  :b\n"), ""},
	{"comment within", points("[console_scripts]\nx = a\n  # no\n  :b\n; no\ny = a:b # no\n"), ""},
	{"launcher with spaces", points("[console_scripts]\nmy tool = a:b\n"), ""},
	{"launcher in a folder", points("[console_scripts]\nsub/x = a:b\n"), "launcher in a folder"},
	{"launcher like an option", points("[console_scripts]\n-x = a:b\n"), "launcher in a folder"},
	{"launcher above", points("[console_scripts]\n../x = a:b\n"), ""},
	{"launcher called python", points("[console_scripts]\npythonw = a:b\n"), "environment"},
	{"launcher called twice", points("[console_scripts]\nx = a:b\nx = a:b\n"), ""},
	{"launcher in both", points("[console_scripts]\nx = a:b\n[gui_scripts]\nx = a:c\n"), ""},
	{"section twice", points("[console_scripts]\nx = a:b\n[console_scripts]\ny = a:b\n"), ""},
	{"other section twice", points("[x]\n[x]\n"), ""},
	{"no section", points("x = a:b\n"), ""},
	{"empty section's name", points("[]\n"), ""},
	{"text after section", points("[console_scripts] and\nx = a:b\n"), ""},
	{"colon", points("[console_scripts]\nx: a:b\n"), ""},
	{"no value", points("[console_scripts]\nx\n"), ""},
	{"old line ends", points("[console_scripts]\rx = a:b\r"), ""},
	{"line ends of Windows in entry points", points("[console_scripts]\r\nx = a:b\r\ny = a\r\n :b\r\n"), ""},
	{"letters", points("[console_scripts]\nü = müdül:fünc\nx = a²:b\u00a0\n"), ""},
	{"mark at the start", points("\ufeff[console_scripts]\nx = a:b\n"), ""},
	{"percent", points("[console_scripts]\nx = a:b[%]\n"), ""},
	{"default", points("[DEFAULT]\nx = a:b\n[console_scripts]\n"), "configparser"},
	{"replaced", points("[console_scripts]\nx = %(y)s\ny = a:b\n"), "configparser"},
	{"replaced in extras", points("[console_scripts]\nx = a:b [%(y)s]\ny = a:b\n"), "configparser"},
	{"entry points not UTF-8", points("[console_scripts]\nx = a:\xff\n"), ""},
	{"entry points of a link", points("[console_scripts]\nx = a:b\n [gui_scripts]\n"), ""},
}

func TestMade(t *testing.T) {
	both := start(t, filepath.Join(t.TempDir(), "venv"))
	for _, m := range made {
		t.Run(m.name, func(t *testing.T) { both.made(t, pack(t, m.entries), m.refused) })
	}
	both.report(t)
}

// Where the environment stands decides over the first lines of scripts.
func TestElsewhere(t *testing.T) {
	scripts := append(points("[console_scripts]\nx = a:b\n"),
		entry{name: data + "scripts/y", text: "#!python -E\nx\n", mode: 0o100755})
	for _, name := range []string{"a b", "quote's", "ümlaut", "dollar$", strings.Repeat("long", 30)} {
		t.Run(name, func(t *testing.T) {
			both := start(t, filepath.Join(t.TempDir(), name, "venv"))
			both.made(t, pack(t, scripts), "")
		})
	}
	// Around the limit of 127 bytes, with "#!" and the line's end.
	dir := t.TempDir()
	for length := 126; length <= 128; length++ {
		rest := length - len("#!") - len(dir) - len("/") - len("/bin/python") - len("\n")
		both := start(t, filepath.Join(dir, strings.Repeat("x", rest)))
		both.made(t, pack(t, scripts), "")
	}
}

func (p *pair) made(t *testing.T, archive []byte, refused string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "demo-1.0-py3-none-any.whl")
	if err := os.WriteFile(path, archive, 0o644); err != nil {
		t.Fatal(err)
	}
	p.compare(t, path, refused)
}
