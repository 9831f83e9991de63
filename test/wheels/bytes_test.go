package wheels

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Archives whose bytes are odd, not their entries.
func TestBytes(t *testing.T) {
	both := start(t, filepath.Join(t.TempDir(), "venv"))
	whole := pack(t, with(entry{name: "demo.py", text: "some text, some text, some text"}))
	end := bytes.LastIndex(whole, []byte("PK\x05\x06"))
	directory := bytes.Index(whole, []byte("PK\x01\x02"))
	// at is a copy with a little-endian number changed.
	at := func(offset int, by uint32) []byte {
		b := bytes.Clone(whole)
		binary.LittleEndian.PutUint32(b[offset:], binary.LittleEndian.Uint32(b[offset:])+by)
		return b
	}
	commented := append(bytes.Clone(whole), "a comment"...)
	commented[end+20] = 9
	for name, c := range map[string]struct {
		archive []byte
		refused string
	}{
		"as it is":             {whole, ""},
		"empty":                {nil, ""},
		"cut":                  {whole[:end], ""},
		"cut in its end":       {whole[:end+10], ""},
		"cut at the front":     {whole[10:], ""},
		"something in front":   {append([]byte("#!/bin/sh\n"), whole...), ""},
		"something behind":     {append(bytes.Clone(whole), "something"...), ""},
		"a comment":            {commented, ""},
		"a comment, cut":       {commented[:len(commented)-4], "damaged"},
		"no entries":           {whole[end:], ""},
		"another checksum":     {at(directory+16, 1), ""},
		"another packed size":  {at(directory+20, 1), "damaged"},
		"a smaller size":       {at(directory+20, ^uint32(0)), "damaged"},
		"another size":         {at(directory+24, 1), "damaged"},
		"a method of tomorrow": {at(directory+10, 50), ""},
		"other data":           {at(bytes.Index(whole, []byte("demo.py"))+12, 1), ""},
		"directory elsewhere":  {at(end+16, 1), ""},
		"header elsewhere":     {at(directory+42, 1), ""},
		"fewer entries":        {at(end+8, 1<<32-1<<16-1), "damaged"},
		"written by Python":    {byPython(t, "ZIP_DEFLATED", "False"), ""},
		"stored":               {byPython(t, "ZIP_STORED", "False"), ""},
		"zip64":                {byPython(t, "ZIP_DEFLATED", "True"), ""},
		"bzip2":                {byPython(t, "ZIP_BZIP2", "False"), ""},
		"lzma":                 {byPython(t, "ZIP_LZMA", "False"), ""},
	} {
		t.Run(name, func(t *testing.T) { both.made(t, c.archive, c.refused) })
	}
}

// byPython is a wheel that Python's zipfile wrote.
func byPython(t *testing.T, method, zip64 string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.zip"), filepath.Join(dir, "out.zip")
	if err := os.WriteFile(in, pack(t, with(entry{name: "demo.py", text: "x = 1\n"}, entry{name: "tool", mode: 0o100755}, entry{name: "é.py"})), 0o644); err != nil {
		t.Fatal(err)
	}
	const program = `import sys, zipfile
old, new, method, zip64 = sys.argv[1:]
with zipfile.ZipFile(old) as z, zipfile.ZipFile(new, "w", getattr(zipfile, method)) as to:
    for i in z.infolist():
        text = z.read(i)
        i.compress_type = to.compression
        i.flag_bits = 0
        with to.open(i, "w", force_zip64=zip64 == "True") as f:
            f.write(text)
`
	if text, err := exec.Command(poetryPython(t), "-c", program, in, out, method, zip64).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	archive, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive))); err != nil {
		t.Fatal(err)
	}
	return archive
}
