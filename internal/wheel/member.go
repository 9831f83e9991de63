package wheel

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// memberPath is the relative, clean path of an archive's entry, or why the entry
// is refused. The result has no "..", no "." and no empty part, so it stays
// below whatever folder it is joined to.
func memberPath(name string) (string, error) {
	switch {
	case name == "":
		return "", bad("an entry has no name")
	case !utf8.ValidString(name):
		return "", bad("entry %q: its name is not UTF-8", name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return "", bad("entry %q: control character in its name", name)
	case strings.Contains(name, `\`):
		// A folder to Windows, a letter to Linux: refuse to choose.
		return "", bad("entry %q: backslash in its name", name)
	case strings.HasPrefix(name, "/"):
		return "", bad("entry %q: absolute path", name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return "", bad("entry %q: leaves its folder", name)
		}
	}
	clean := path.Clean(name)
	if clean == "." {
		return "", bad("entry %q: names no file", name)
	}
	return clean, nil
}

// upper is the upper half of code page 437: what names in zip archives are written
// in where nothing says that they are UTF-8.
var upper = []rune("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
	"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0")

// entryName is the name as Python's zipfile reads it, and so as Poetry installs it.
func entryName(f *zip.File) string {
	const isUTF8 = 0x800
	if f.Flags&isUTF8 != 0 {
		return f.Name
	}
	var b strings.Builder
	for _, c := range []byte(f.Name) {
		if c < 0x80 {
			b.WriteByte(c)
		} else {
			b.WriteRune(upper[c-0x80])
		}
	}
	return b.String()
}

// checkLocal refuses an entry whose own header, in front of its data, has another
// name than the archive's directory: which of the two counts depends on the reader.
// Package zip tells where the data begin only, so the header is looked for: 30
// bytes, the name, and an extra field whose length it says itself.
func (a *archive) checkLocal(f *zip.File) error {
	const fixed, maxExtra = 30, 1<<16 - 1
	data, err := f.DataOffset()
	if err != nil {
		return bad("entry %q: %v", f.Name, err)
	}
	for _, extra := range []int64{64, maxExtra} {
		start := max(0, data-fixed-int64(len(f.Name))-extra)
		b := make([]byte, data-start)
		if _, err := a.file.ReadAt(b, start); err != nil && err != io.EOF {
			return err
		}
		for end := len(b); ; {
			i := bytes.LastIndex(b[:end], []byte("PK\x03\x04"))
			if i < 0 {
				break
			}
			h := b[i:]
			if len(h) >= fixed {
				name, rest := int(binary.LittleEndian.Uint16(h[26:])), int(binary.LittleEndian.Uint16(h[28:]))
				if len(h) == fixed+name+rest && string(h[fixed:fixed+name]) == f.Name {
					return nil
				}
			}
			end = i
		}
	}
	return bad("entry %q: another name in its header", f.Name)
}

// Types in the upper half of a zip entry's external attributes (stat.h).
const (
	typeMask    = 0o170000
	typeRegular = 0o100000
	typeFolder  = 0o040000
)

// checkType refuses links, devices and the like, and what needs a password. Poetry
// would write a link's target as a file's text, which no wheel means.
func checkType(f *zip.File) error {
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return bad("entry %q: encrypted", f.Name)
	}
	folder := strings.HasSuffix(f.Name, "/")
	switch t := f.ExternalAttrs >> 16 & typeMask; {
	case t == 0, t == typeRegular && !folder, t == typeFolder && folder:
		return nil
	case t == 0o120000:
		return bad("entry %q: symbolic link", f.Name)
	default:
		return bad("entry %q: neither file nor folder (type %06o)", f.Name, t)
	}
}

// executable reads the mode as pip and pypa/installer do: any x bit, on an entry
// that says that it is a regular file.
func executable(f *zip.File) bool {
	mode := f.ExternalAttrs >> 16
	return mode&typeMask == typeRegular && mode&0o111 != 0
}
