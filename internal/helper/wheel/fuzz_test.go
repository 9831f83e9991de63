package wheel

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// fuzzed is an archive whose entries a fuzzer chooses. Each line of names is an
// entry; its mode and flags are four bytes of attrs.
func fuzzed(names string, attrs, entryPoints, record, about []byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, text []byte) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if len(attrs) >= 4 {
			h.ExternalAttrs = uint32(attrs[0])<<24 | uint32(attrs[1])<<16
			h.Flags = uint16(attrs[2])<<8 | uint16(attrs[3])
			attrs = attrs[4:]
		}
		if w, err := z.CreateHeader(h); err == nil {
			w.Write(text) // a folder has no text, and says so
		}
	}
	for i, name := range strings.Split(names, "\n") {
		add(name, fmt.Appendf(nil, "#!python %d\n", i%3))
	}
	add("demo-1.0.dist-info/entry_points.txt", entryPoints)
	add("demo-1.0.dist-info/WHEEL", about)
	add("demo-1.0.dist-info/RECORD", record)
	z.Close()
	return b.Bytes()
}

// Nothing leaves the prefix, whatever the entries of an archive are, and an
// installed wheel has the files that its RECORD lists, with their hashes.
func FuzzInstall(f *testing.F) {
	const points, about = "[console_scripts]\nx = a:b\n", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
	f.Add("demo/__init__.py\ndemo/x", []byte{0x81, 0xa4, 0, 0, 0x81, 0xed, 0, 0}, []byte(points), []byte("demo/x,sha256=a,1\n"), []byte(about))
	f.Add("demo-1.0.data/scripts/y\ndemo-1.0.data/data/share/z\ndemo-1.0.data/headers/h", []byte{}, []byte("[gui_scripts]\ny = a:b [c]\n"), []byte(""), []byte("Wheel-Version: 1.0\n"))
	f.Add("demo-1.0.data/scripts/../../x\n../x\n/x\nx/../../y\n", []byte{}, []byte(points), []byte(""), []byte(about))
	f.Add("lib\nlib/x", []byte{0xa1, 0xff, 0, 0}, []byte("[console_scripts]\n../../x = a:b\n"), []byte("a,\"b"), []byte(about))
	f.Add("demo-1.0.data/data/bin/x\nbin/x\ndemo-1.0.data/data/lib64/python3.12/site-packages/x\nx", []byte{}, []byte(points), []byte(""), []byte(about))
	f.Add("a//b\n./c\nd/\nd/e\n\xffm\ndemo-1.0.data/platlib/f", []byte{0, 0, 8, 0}, []byte("[console_scripts]\nx\n y = a\n  :b"), []byte("x,y=z,1\n\n"), []byte(about))
	f.Fuzz(func(t *testing.T, names string, attrs, entryPoints, record, about []byte) {
		installFuzzed(t, fuzzed(names, attrs, entryPoints, record, about))
	})
}

// The same for bytes that need not be an archive at all.
func FuzzArchive(f *testing.F) {
	whole := fuzzed("demo/x\ndemo-1.0.data/scripts/y", nil, []byte("[console_scripts]\nx = a:b\n"), nil, []byte(wheelFile))
	f.Add(whole)
	f.Add(bytes.Replace(whole, []byte("demo/x"), []byte("../../"), 2))
	f.Add(whole[:len(whole)-10])
	f.Fuzz(func(t *testing.T, archive []byte) { installFuzzed(t, archive) })
}

func installFuzzed(t *testing.T, archive []byte) {
	around := t.TempDir()
	file := filepath.Join(around, "demo-1.0-py3-none-any.whl")
	if err := os.WriteFile(file, archive, 0o644); err != nil {
		t.Fatal(err)
	}
	tree, err := NewTree(filepath.Join(around, "out"), "/opt/venv", "3.12")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	done, err := Install(file, tree, Options{})
	installed := filesBelow(t, around, filepath.Join(around, "out/opt/venv"))
	if err != nil {
		return
	}
	site := filepath.Join(around, "out/opt/venv/lib/python3.12/site-packages")
	text, errRead := os.ReadFile(filepath.Join(site, done.DistInfo, "RECORD"))
	if errRead != nil {
		t.Fatal(errRead)
	}
	rows, _ := csvRows(string(text))
	for _, row := range rows {
		// lib64 is a link to lib, made with the environment.
		path := strings.Replace(filepath.Join(site, row[0]), "/out/opt/venv/lib64/", "/out/opt/venv/lib/", 1)
		if len(row) != 3 || !installed[path] {
			t.Errorf("RECORD lists %q, which is not there", row)
			continue
		}
		if content, err := os.ReadFile(path); row[1] != "" && (err != nil || hashOf(content) != row[1]) {
			t.Errorf("RECORD has a wrong hash: %q, %v", row, err)
		}
	}
	if len(rows) != len(installed) || len(rows) != done.Files {
		t.Errorf("%d files, %d in RECORD, %d said", len(installed), len(rows), done.Files)
	}
}

// filesBelow lists the files, which must be plain ones below prefix; around it
// there is the wheel and nothing else.
func filesBelow(t *testing.T, around, prefix string) map[string]bool {
	t.Helper()
	files := map[string]bool{}
	err := filepath.WalkDir(around, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == filepath.Join(around, "demo-1.0-py3-none-any.whl") {
			return err
		}
		if d.IsDir() {
			if !strings.HasPrefix(path+"/", prefix+"/") && !strings.HasPrefix(prefix+"/", path+"/") {
				t.Errorf("folder %s", path)
			}
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !strings.HasPrefix(path, prefix+"/") || info.Mode() != 0o644 && info.Mode() != 0o755 {
			t.Errorf("%s, %v", path, info.Mode())
		}
		files[path] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// What is written to RECORD is read again, whatever the names.
func FuzzRecord(f *testing.F) {
	f.Add([]byte("a,sha256=b,1\n\"c,\"\"d\",,\n"))
	f.Add([]byte("\"a\nb\",c\r\n\x85\"\xe2\x80\xa8"))
	f.Fuzz(func(t *testing.T, text []byte) {
		a := &archive{members: []member{{name: "a", path: "a"}, {name: "d.dist-info/RECORD", path: "d.dist-info/RECORD"}}, distInfo: "d.dist-info"}
		if _, err := checkRecord(text, a); !utf8.Valid(text) {
			if err == nil {
				t.Error("not UTF-8, and taken")
			}
			return
		}
		var again strings.Builder
		rows, _ := csvRows(string(text))
		for _, row := range rows {
			for i, field := range row {
				if i > 0 {
					again.WriteByte(',')
				}
				if field == "" && len(row) == 1 {
					field = `""` // else a line without fields
					again.WriteString(field)
					continue
				}
				again.WriteString(csvField(field))
			}
			again.WriteByte('\n')
		}
		reread, _ := csvRows(again.String())
		if diff := cmp.Diff(rows, reread); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte(wheelFile), "Wheel-Version")
	f.Add([]byte("A: b\r\n c\r\nB:d\r\r"), "B")
	f.Fuzz(func(t *testing.T, text []byte, name string) {
		if v := header(text, name); strings.ContainsAny(v, "\r\n") {
			t.Errorf("%q", v)
		}
	})
}

// Nothing that an archive says leaves the prefix, or breaks the tree.
func FuzzMemberPath(f *testing.F) {
	for _, s := range []string{"a/b", "../x", "/x", `a\..\b`, "a/./b//c", "demo-1.0.data/data/lib64/x", "demo-1.0.data/scripts/../../x", "."} {
		f.Add(s)
	}
	l := newLayout("3.12", fileName{"demo", "1.0"}, true)
	f.Fuzz(func(t *testing.T, name string) {
		p, err := memberPath(name)
		if err != nil {
			return
		}
		scheme, rel, err := l.place(p)
		if err != nil {
			return
		}
		target, err := checkTarget(l.target(scheme, rel))
		if err != nil {
			return
		}
		if !filepath.IsLocal(target) || target != filepath.Clean(target) {
			t.Errorf("%q goes to %q", name, target)
		}
		if again, err := memberPath(p); err != nil || again != p {
			t.Errorf("%q is not clean: %q, %v", p, again, err)
		}
	})
}

// Whatever bytes an entry_points.txt has, a launcher holds names only.
func FuzzEntryPoints(f *testing.F) {
	f.Add([]byte("[console_scripts]\nx = a.b:c.d [e]\n"))
	f.Add([]byte("[gui_scripts]\nx = a\n  :b\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		points, err := parseEntryPoints(text)
		if err != nil {
			return
		}
		for _, p := range points {
			if strings.ContainsAny(p.Module+p.Attr, " \n\r;()'\"") || strings.Contains(p.name, "/") {
				t.Errorf("%+v", p)
			}
		}
	})
}
