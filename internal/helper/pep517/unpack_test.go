package pep517

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"
)

type entry struct {
	kind       byte
	name, link string
	text       string
}

func tarred(t testing.TB, entries []entry) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Typeflag: e.kind, Name: e.name, Linkname: e.link, Mode: 0o755}
		if e.kind == tar.TypeReg {
			h.Size = int64(len(e.text))
		}
		if w.WriteHeader(h) == nil && e.kind == tar.TypeReg {
			w.Write([]byte(e.text))
		}
	}
	w.Close()
	return archive(t, "demo-1.0.tar", b.Bytes())
}

func zipped(t testing.TB, entries []entry) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name}
		h.SetMode(0o755)
		if e.kind == tar.TypeSymlink {
			h.SetMode(fs.ModeSymlink | 0o777)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(e.text + e.link))
	}
	w.Close()
	return archive(t, "demo-1.0.zip", b.Bytes())
}

func archive(t testing.TB, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func mustRead(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// outside has a folder to unpack in, and a file beside it that must stay as it is.
func outside(t testing.TB) (dir string, check func()) {
	t.Helper()
	parent := t.TempDir()
	beside := filepath.Join(parent, "beside")
	if err := os.WriteFile(beside, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(parent, "in"), func() {
		t.Helper()
		data, err := os.ReadFile(beside)
		entries, _ := os.ReadDir(parent)
		if err != nil || string(data) != "mine" || len(entries) > 2 {
			t.Errorf("something left the folder: %q, %v, %v", data, entries, err)
		}
	}
}

func TestUnpack(t *testing.T) {
	entries := []entry{
		{kind: tar.TypeReg, name: "demo-1.0/setup.py", text: "run"},
		{kind: tar.TypeReg, name: "./demo-1.0/deep/in/it.py", text: "x"},
	}
	for _, file := range []string{tarred(t, entries), zipped(t, entries)} {
		dir, check := outside(t)
		got, err := unpack(file, dir)
		if err != nil || got != filepath.Join(dir, "demo-1.0") {
			t.Fatalf("%s: %q, %v", file, got, err)
		}
		info, err := os.Stat(filepath.Join(got, "deep/in/it.py"))
		if err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%s: %v", file, err)
		}
		check()
	}
	dir, _ := outside(t)
	flat := []entry{{kind: tar.TypeReg, name: "setup.py"}, {kind: tar.TypeReg, name: "demo/a.py"}}
	if got, err := unpack(tarred(t, flat), dir); err != nil || got != dir {
		t.Errorf("without a top folder: %q, %v", got, err)
	}
}

func TestUnpackLinks(t *testing.T) {
	dir, check := outside(t)
	got, err := unpack(tarred(t, []entry{
		{kind: tar.TypeReg, name: "d/a", text: "first"},
		{kind: tar.TypeSymlink, name: "d/sub/soft", link: "../a"},
		{kind: tar.TypeLink, name: "d/hard", link: "d/a"},
		{kind: tar.TypeSymlink, name: "d/over", link: "a"},
		{kind: tar.TypeReg, name: "d/over", text: "second"}, // takes the link's place
	}), dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "first", "sub/soft": "first", "hard": "first", "over": "second"} {
		if data, err := os.ReadFile(filepath.Join(got, name)); err != nil || string(data) != want {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	check()
}

// A link leads where the kernel says, by way of other links, whatever their order: what its
// text looks like does not matter.
func TestUnpackLinksOut(t *testing.T) {
	folder := entry{kind: tar.TypeReg, name: "d/a/c/file", text: "x"}
	soft := func(name, link string) entry { return entry{kind: tar.TypeSymlink, name: name, link: link} }
	hard := func(name, link string) entry { return entry{kind: tar.TypeLink, name: name, link: link} }
	for name, c := range map[string]struct {
		entries []entry
		out     bool
	}{
		"by another link":           {[]entry{folder, soft("d/b", "./."), soft("d/b/a/up", "../.."), soft("d/out", "b/a/up/../../../x")}, true},
		"by the folder of a link":   {[]entry{folder, soft("b", "d/a/c"), soft("out", "b/../../../../x")}, true},
		"looks out and stays in":    {[]entry{folder, soft("b", "d/a/c"), soft("in", "b/../../a/c/file")}, false},
		"stays in by name alone":    {[]entry{folder, soft("top", "."), soft("d/b", "../top/.."), soft("d/in", "b")}, true},
		"to a later link":           {[]entry{soft("first", "second/x"), soft("second", "..")}, true},
		"to what is not there":      {[]entry{soft("d/l", "none/../../../x")}, true},
		"to what is not there, in":  {[]entry{folder, soft("d/l", "none/x")}, false},
		"absolute by another":       {[]entry{soft("d/root", "/"), soft("d/l", "root/etc")}, true},
		"a loop":                    {[]entry{folder, soft("d/x", "y"), soft("d/y", "x")}, false},
		"a hard link to a link":     {[]entry{folder, soft("d/a/c/l", "../x"), hard("d/l", "d/a/c/l")}, false},
		"a hard link to one, above": {[]entry{folder, soft("d/a/c/l", "../../../x"), hard("l", "d/a/c/l")}, true},
		"written through":           {[]entry{folder, soft("d/l", "a"), {kind: tar.TypeReg, name: "d/l/new", text: "x"}}, false},
		"written through, out":      {[]entry{folder, soft("d/l", "../.."), {kind: tar.TypeReg, name: "d/l/new", text: "x"}}, true},
		"replaced by a file":        {[]entry{folder, soft("d/l", "../../beside"), {kind: tar.TypeReg, name: "d/l", text: "x"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir, check := outside(t)
			if _, err := unpack(tarred(t, c.entries), dir); (err != nil) != c.out {
				t.Errorf("error %v", err)
			}
			check()
			if !c.out {
				leads(t, dir)
			}
		})
	}
}

// leads checks that no link of an unpacked tree leads out, as the kernel resolves it.
func leads(t *testing.T, dir string) {
	t.Helper()
	top, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type() == fs.ModeSymlink {
			if to, err := filepath.EvalSymlinks(name); err == nil && to != top && !strings.HasPrefix(to, top+"/") {
				t.Errorf("%s leads to %s", name, to)
			}
		}
		return nil
	})
}

// Nothing leaves the folder.
func TestUnpackRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		entries []entry
		want    string
	}{
		"up":                     {[]entry{{kind: tar.TypeReg, name: "../beside", text: "yours"}}, "a path that leaves"},
		"up after a while":       {[]entry{{kind: tar.TypeReg, name: "d/../../beside", text: "yours"}}, "a path that leaves"},
		"a backslash":            {[]entry{{kind: tar.TypeReg, name: `..\beside`, text: "yours"}}, "a path that leaves"},
		"a link up":              {[]entry{{kind: tar.TypeSymlink, name: "d/l", link: "../../beside"}}, ""},
		"a hard link up":         {[]entry{{kind: tar.TypeLink, name: "d/l", link: "../beside"}}, "a path that leaves"},
		"a device":               {[]entry{{kind: tar.TypeChar, name: "d/null"}}, "neither a file, a folder nor a link"},
		"a pipe":                 {[]entry{{kind: tar.TypeFifo, name: "d/pipe"}}, "neither a file, a folder nor a link"},
		"an absolute link":       {[]entry{{kind: tar.TypeSymlink, name: "d/l", link: "/etc/hostname"}}, "a link out of the archive"},
		"a file through one":     {[]entry{{kind: tar.TypeSymlink, name: "l", link: "/etc"}, {kind: tar.TypeReg, name: "l/quatrain-test", text: "yours"}}, ""},
		"a folder under a link":  {[]entry{{kind: tar.TypeSymlink, name: "d/l", link: "../.."}, {kind: tar.TypeReg, name: "d/l/new", text: "yours"}}, ""},
		"a link through another": {[]entry{{kind: tar.TypeSymlink, name: "d/x/up", link: "../.."}, {kind: tar.TypeSymlink, name: "d/x/l", link: "up/../beside"}, {kind: tar.TypeReg, name: "d/x/l", text: "yours"}}, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, check := outside(t)
			_, err := unpack(tarred(t, c.entries), dir)
			if c.want != "none" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			check()
			if _, err := os.Stat("/etc/quatrain-test"); err == nil {
				t.Error("a file was written to /etc")
			}
		})
	}
	dir, check := outside(t)
	if _, err := unpack(zipped(t, []entry{{kind: tar.TypeSymlink, name: "d/l", link: "../beside"}}), dir); err == nil || !strings.Contains(err.Error(), "neither a file nor a folder") {
		t.Errorf("a link in a zip: %v", err)
	}
	if _, err := unpack(zipped(t, []entry{{kind: tar.TypeReg, name: "../beside", text: "yours"}}), dir); err == nil {
		t.Error("a zip may leave its folder")
	}
	check()
	for kind, start := range map[string]string{"compress": "\x1f\x9d", "zstd": "\x28\xb5\x2f\xfd"} {
		if _, err := unpack(archive(t, "demo.tar", []byte(start)), dir); err == nil || !strings.Contains(err.Error(), "unsupported compression "+kind) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// What an archive is its content says, whatever its name.
func TestUnpackAnyName(t *testing.T) {
	entries := []entry{{kind: tar.TypeReg, name: "demo-main/setup.py", text: strings.Repeat("run\n", 1000)}}
	plain, packed := mustRead(t, tarred(t, entries)), mustRead(t, zipped(t, entries))
	compressedBy := func(w io.WriteCloser, b *bytes.Buffer) []byte {
		w.Write(plain)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var g, x bytes.Buffer
	xzWriter, err := xz.NewWriter(&x)
	if err != nil {
		t.Fatal(err)
	}
	contents := map[string][]byte{
		"tar": plain, "zip": packed, "gzip": compressedBy(gzip.NewWriter(&g), &g), "xz": compressedBy(xzWriter, &x), "bzip2": mustRead(t, "testdata/demo-main.tar.bz2"),
	}
	for kind, data := range contents {
		for _, name := range []string{"main", "main.zip", "main.tar", "main.tar.gz", "main.tgz", "main.tar.bz2", "main.tar.xz", "download", "v1.2.3", "a b+c.zip", "archive.whl.zip", ".zip"} {
			dir, check := outside(t)
			got, err := unpack(archive(t, name, data), dir)
			if err != nil || got != filepath.Join(dir, "demo-main") {
				t.Errorf("%s called %s: %q, %v", kind, name, got, err)
			}
			if info, err := os.Stat(filepath.Join(got, "setup.py")); err != nil || info.Size() == 0 {
				t.Errorf("%s called %s: %v", kind, name, err)
			}
			check()
		}
		if kind == "tar" {
			continue
		}
		dir, _ := outside(t)
		if _, err := unpack(archive(t, "main.zip", data[:len(data)/2]), dir); err == nil {
			t.Errorf("half of a %s is unpacked", kind)
		}
	}
	dir, _ := outside(t)
	if got, err := unpack(archive(t, "main.zip", append([]byte("#!/bin/sh\n"), packed...)), dir); err != nil || got != filepath.Join(dir, "demo-main") {
		t.Errorf("a zip behind a script: %q, %v", got, err)
	}
	for _, name := range []string{"page.zip", "page.tar.gz", "page"} {
		dir, _ := outside(t)
		if _, err := unpack(archive(t, name, []byte("<!DOCTYPE html>"+strings.Repeat(" ", 600))), dir); err == nil {
			t.Errorf("%s, which is no archive, is unpacked", name)
		}
	}
}

// Beside other things, the folder that is called as the archive is built (Poetry 2.5.1).
func TestUnpackTop(t *testing.T) {
	for name, c := range map[string]struct{ folder, want string }{
		"demo-1.0.tar.gz":     {"demo-1.0", "demo-1.0"},
		"demo-1.0.tgz":        {"demo-1.0", "demo-1.0"},
		"demo-1.0.TAR.GZ":     {"demo-1.0", "demo-1.0"},
		"main.zip":            {"main", "main"},
		"v1.2.3":              {"v1.2", "v1.2"},
		"main.tar":            {"main", "main"},
		"demo-1.1.tar.gz":     {"demo-1.0", ""},
		"demo-1.0.tar.gz.zip": {"demo-1.0", ""},
		"download":            {"demo", ""},
	} {
		dir, _ := outside(t)
		got, err := unpack(archive(t, name, mustRead(t, tarred(t, []entry{
			{kind: tar.TypeReg, name: c.folder + "/setup.py"}, {kind: tar.TypeReg, name: "README"}, {kind: tar.TypeReg, name: "z/setup.py"},
		}))), dir)
		if err != nil || got != filepath.Join(dir, c.want) {
			t.Errorf("%s with %s: %q, %v", name, c.folder, got, err)
		}
	}
}

// A path from the root is one below the archive, as with Python's "data" filter.
func TestUnpackAbsolute(t *testing.T) {
	dir, check := outside(t)
	if _, err := unpack(tarred(t, []entry{{kind: tar.TypeReg, name: "/demo/setup.py", text: "x"}}), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "demo/setup.py")); err != nil {
		t.Error(err)
	}
	check()
}

// A limit of the whole archive, and not of a file.
func TestUnpackLimit(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	u := &unpacker{root: root, left: 10}
	if err := u.file("a", strings.NewReader("12345678"), false); err != nil {
		t.Error(err)
	}
	if err := u.file("b", strings.NewReader("12345678"), false); err == nil || !strings.Contains(err.Error(), "unpacks to more than") {
		t.Errorf("%v", err)
	}
}

// Whatever an archive says, what is beside the folder stays as it is.
func FuzzUnpack(f *testing.F) {
	f.Add("a", "b", "0../beside", byte(tar.TypeSymlink), byte(tar.TypeLink))
	f.Add("d/l", "d/l/beside", "../..", byte(tar.TypeSymlink), byte(tar.TypeReg))
	f.Add("l", "l", "../beside", byte(tar.TypeSymlink), byte(tar.TypeReg))
	f.Add("/x/../y", "x", "/etc/passwd", byte(tar.TypeLink), byte(tar.TypeDir))
	f.Fuzz(func(t *testing.T, first, second, link string, kind, other byte) {
		dir, check := outside(t)
		_, err := unpack(tarred(t, []entry{
			{kind: tar.TypeDir, name: "d"},
			{kind: kind, name: first, link: link, text: "yours"},
			{kind: other, name: second, link: first, text: "yours"},
			{kind: tar.TypeReg, name: first + "/" + second, text: "yours"},
		}), dir)
		check()
		if err == nil {
			leads(t, dir)
		}
	})
}
