package wheel

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
)

const name = "demo-1.0-py3-none-any.whl"

func writeWheel(t *testing.T, archive []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, archive, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// wantBad installs a wheel that has to be refused with a message.
func wantBad(t *testing.T, file, want string) {
	t.Helper()
	_, _, err := installInto(t, "/opt/venv", "", file)
	if p := step.Problems(err); len(p) != 1 || p[0].Kind != step.BadWheel || !strings.Contains(p[0].Message, want) || p[0].Hint == "" {
		t.Errorf("%+v, want %q", p, want)
	}
}

// An archive's list of entries is read into memory, whatever their number.
func TestManyEntries(t *testing.T) {
	var few []f
	for i := range maxEntries + 1 {
		few = append(few, f{fmt.Sprintf("%x/", i), "", 0})
	}
	wantBad(t, makeWheel(t, name, few), "250001 entries, more than 250000")
	var long []f
	for i := range 600 {
		long = append(long, f{strings.Repeat("n", 60_000) + fmt.Sprint(i) + "/", "", 0})
	}
	wantBad(t, makeWheel(t, name, long), "list of entries is longer than")
}

// Entries that share their data unpack to more than there is; Python refuses them too.
func TestSharedData(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range demo(f{"demo/a", "text", 0}, f{"demo/b", "text", 0}) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name})
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(e.text))
	}
	z.Close()
	whole := b.Bytes()
	// The list has each entry at the end: let the second one's header be the first one's.
	directory := bytes.Index(whole, []byte("PK\x01\x02"))
	second := directory + bytes.Index(whole[directory:], []byte("demo/b"))
	shared := bytes.Clone(whole)
	copy(shared[second:], "demo/a")
	binary.LittleEndian.PutUint32(shared[second-4:], 0)
	wantBad(t, writeWheel(t, shared), "another entry's data")
	// Or let the first one's data go on to the second one's.
	first := directory + bytes.Index(whole[directory:], []byte("demo/a"))
	longer := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(longer[first-26:], 60)
	binary.LittleEndian.PutUint32(longer[first-22:], 60)
	wantBad(t, writeWheel(t, longer), "another entry's data")
	// Or leave the archive.
	binary.LittleEndian.PutUint32(longer[first-26:], 1<<30)
	wantBad(t, writeWheel(t, longer), "cut off")
}

// The archives are Python's:
//
//	z = zipfile.ZipFile("x", "w", zipfile.ZIP_LZMA)
//	z.writestr(zipfile.ZipInfo("demo/x"), "text\n" * 1000)
//
// and so on for the files of dist-info.
func TestCompression(t *testing.T) {
	for method, archive := range map[string]string{"bzip2": bzip2Wheel, "LZMA": lzmaWheel} {
		b, err := base64.StdEncoding.DecodeString(archive)
		if err != nil {
			t.Fatal(err)
		}
		root, _, err := installInto(t, "/opt/venv", "", writeWheel(t, b))
		if err != nil {
			t.Errorf("%s: %v", method, err)
			continue
		}
		if got := list(t, root)[site+"demo/x"]; got != "644 "+strings.Repeat("text\n", 1000) {
			t.Errorf("%s: %.20q…", method, got)
		}
	}
}

func TestBadCompression(t *testing.T) {
	b, err := base64.StdEncoding.DecodeString(lzmaWheel)
	if err != nil {
		t.Fatal(err)
	}
	// In front of the data: version, length of the properties, the properties.
	at := bytes.Index(b, []byte("\x05\x00\x5d"))
	for want, change := range map[string]func([]byte){
		"cannot read its properties":  func(b []byte) { copy(b[at+3:], "\xff\xff\xff\xff") }, // a dictionary of 4 GiB
		"cannot read its properties ": func(b []byte) { b[at] = 4 },
		"entry \"demo/x\"":            func(b []byte) { b[at+12] ^= 0xff },
		"compression method 93":       func(b []byte) { replaceMethod(b, 14, 93) },
	} {
		changed := bytes.Clone(b)
		change(changed)
		wantBad(t, writeWheel(t, changed), strings.TrimSpace(want))
	}
}

func replaceMethod(b []byte, from, to uint16) {
	for _, header := range []struct {
		mark string
		at   int
	}{{"PK\x03\x04", 8}, {"PK\x01\x02", 10}} {
		for i := 0; ; i++ {
			next := bytes.Index(b[i:], []byte(header.mark))
			if next < 0 {
				break
			}
			if i += next; binary.LittleEndian.Uint16(b[i+header.at:]) == from {
				binary.LittleEndian.PutUint16(b[i+header.at:], to)
			}
		}
	}
}

// A hint says what helps: of what is broken, what only this installer refuses, and what
// this build has made.
func TestHints(t *testing.T) {
	for hint, c := range map[string]struct {
		entries []f
		built   bool
	}{
		hintBroken:  {[]f{{"x", "", 0}}, false},
		hintRefused: {demo(f{"demo/x", "y", 0o120777}), false},
		hintBuilt:   {demo(f{"demo/x", "y", 0o120777}), true},
	} {
		tree, err := NewTree(t.TempDir(), "/v", "3.12")
		if err != nil {
			t.Fatal(err)
		}
		_, err = Install(makeWheel(t, name, c.entries), tree, Options{Built: c.built})
		if p := step.Problems(err); len(p) != 1 || p[0].Hint != hint {
			t.Errorf("%+v, want the hint %q", p, hint)
		}
		tree.Close()
	}
}

func TestLocate(t *testing.T) {
	file := makeWheel(t, name, demo())
	for path, built := range map[string]bool{file: false, filepath.Dir(file): true} {
		got, isBuilt, err := locate(step.Wheel{Path: path})
		if got != file || isBuilt != built || err != nil {
			t.Errorf("%s: %s, %t, %v", path, got, isBuilt, err)
		}
	}
}

const bzip2Wheel = "UEsDBC4AAAAMAAAAIQDq9hB9NAAAAIgTAAAGAAAAZGVtby94QlpoOTFBWSZTWdh25gsAB8/BgAAQAgAEQCAAMM00E1QbVIOqQbUg6pB4u5Ipwo" +
	"SGw7cwWFBLAwQuAAAADAAAACEA9MvxzTUAAAALAAAAGwAAAGRlbW8tMS4wLmRpc3QtaW5mby9NRVRBREFUQUJaaDkxQVkmU1mCPa0DAAAB3QAA" +
	"EEAAABAAASYCoAAiBpo9QgyYgXJsDV4u5IpwoSEEe1oGUEsDBC4AAAAMAAAAIQAy8vy8UgAAACkAAAAYAAAAZGVtby0xLjAuZGlzdC1pbmZvL1" +
	"dIRUVMQlpoOTFBWSZTWdBAkOMAAAhfgAAQQANgEAAgUYASZZ4AIAAiIGg0AG1CgAxGmmjSF5Eq8RKd3YrNb0ewPLjJkKByQ4tT24fF3JFOFCQ0" +
	"ECQ4wFBLAwQuAAAADAAAACEAAAAAAA4AAAAAAAAAGQAAAGRlbW8tMS4wLmRpc3QtaW5mby9SRUNPUkRCWmg5F3JFOFCQAAAAAFBLAQIuAy4AAA" +
	"AMAAAAIQDq9hB9NAAAAIgTAAAGAAAAAAAAAAAAAACAAQAAAABkZW1vL3hQSwECLgMuAAAADAAAACEA9MvxzTUAAAALAAAAGwAAAAAAAAAAAAAA" +
	"gAFYAAAAZGVtby0xLjAuZGlzdC1pbmZvL01FVEFEQVRBUEsBAi4DLgAAAAwAAAAhADLy/LxSAAAAKQAAABgAAAAAAAAAAAAAAIABxgAAAGRlbW" +
	"8tMS4wLmRpc3QtaW5mby9XSEVFTFBLAQIuAy4AAAAMAAAAIQAAAAAADgAAAAAAAAAZAAAAAAAAAAAAAACAAU4BAABkZW1vLTEuMC5kaXN0LWlu" +
	"Zm8vUkVDT1JEUEsFBgAAAAAEAAQACgEAAJMBAAAAAA=="

const lzmaWheel = "UEsDBD8AAgAOAAAAIQDq9hB9MwAAAIgTAAAGAAAAZGVtby94CQQFAF0AAIAAADoZS3gPXkylkbZjuK5li38oPAGOOkdH61m6fTLALtICZqqO//" +
	"/0AgAAUEsDBD8AAgAOAAAAIQD0y/HNHwAAAAsAAAAbAAAAZGVtby0xLjAuZGlzdC1pbmZvL01FVEFEQVRBCQQFAF0AAIAAACcYSaZoKwxRib0I" +
	"1nNTBn//2/IAAFBLAwQ/AAIADgAAACEAMvL8vD0AAAApAAAAGAAAAGRlbW8tMS4wLmRpc3QtaW5mby9XSEVFTAkEBQBdAACAAAArmgi4bBaP5w" +
	"sRgWpEumLHdEnMB/OX9ICH60R3OH4Lk3H5JmltGBbfFLSan2n///3b4ABQSwMEPwACAA4AAAAhAAAAAAATAAAAAAAAABkAAABkZW1vLTEuMC5k" +
	"aXN0LWluZm8vUkVDT1JECQQFAF0AAIAAAIP/+///wAAAAFBLAQI/Az8AAgAOAAAAIQDq9hB9MwAAAIgTAAAGAAAAAAAAAAAAAACAAQAAAABkZW" +
	"1vL3hQSwECPwM/AAIADgAAACEA9MvxzR8AAAALAAAAGwAAAAAAAAAAAAAAgAFXAAAAZGVtby0xLjAuZGlzdC1pbmZvL01FVEFEQVRBUEsBAj8D" +
	"PwACAA4AAAAhADLy/Lw9AAAAKQAAABgAAAAAAAAAAAAAAIABrwAAAGRlbW8tMS4wLmRpc3QtaW5mby9XSEVFTFBLAQI/Az8AAgAOAAAAIQAAAA" +
	"AAEwAAAAAAAAAZAAAAAAAAAAAAAACAASIBAABkZW1vLTEuMC5kaXN0LWluZm8vUkVDT1JEUEsFBgAAAAAEAAQACgEAAGwBAAAAAA=="
