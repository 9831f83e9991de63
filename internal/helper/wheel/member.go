package wheel

import (
	"archive/zip"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quatrain-build/quatrain/internal/names"
)

// memberPath returns the relative, clean path of an archive's entry, or why the entry is
// refused. The path has no "..", no "." and no empty part, so it stays below whatever folder
// it is joined to.
func memberPath(name string) (string, error) {
	switch {
	case name == "":
		return "", bad("an entry has no name")
	case !utf8.ValidString(name):
		return "", bad("entry %q: its name is not UTF-8", name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return "", refused("entry %q: control character in its name", name)
	case !names.IsLine(name):
		// A line end to Python, which reads RECORD.
		return "", refused("entry %q: line separator in its name", name)
	case strings.Contains(name, `\`):
		// A folder to Windows, a letter to Linux: refuse to choose.
		return "", refused("entry %q: backslash in its name", name)
	case strings.HasPrefix(name, "/"):
		return "", bad("entry %q: absolute path", name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return "", refused("entry %q: leaves its folder", name)
		}
	}
	clean := path.Clean(name)
	if clean == "." {
		return "", refused("entry %q: names no file", name)
	}
	return clean, nil
}

// upper is the upper half of code page 437: what names in zip archives are written
// in where nothing says that they are UTF-8.
var upper = []rune("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
	"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0")

// entryName returns the entry's name as Python's zipfile reads it, which is what Poetry
// installs.
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

// Types in the upper half of a zip entry's external attributes (stat.h).
const (
	typeMask    = 0o170000
	typeRegular = 0o100000
	typeFolder  = 0o040000
)

// checkType refuses links, devices and the like, and data that cannot be read. Poetry
// would write a link's target as a file's text, which no wheel means. An entry whose name
// ends in a slash is a folder, also if its mode says file: nothing is written for it.
func checkType(f *zip.File) error {
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return bad("entry %q: encrypted", f.Name)
	}
	if !isKnown(f.Method) {
		return bad("entry %q: compression method %d is not one that wheels may use", f.Name, f.Method)
	}
	folder := strings.HasSuffix(f.Name, "/")
	switch t := f.ExternalAttrs >> 16 & typeMask; {
	case t == 0, t == typeRegular, t == typeFolder && folder:
		return nil
	case t == 0o120000:
		return refused("entry %q: symbolic link", f.Name)
	default:
		return refused("entry %q: neither file nor folder (type %06o)", f.Name, t)
	}
}

// executable reads the mode as pip and pypa/installer do: any x bit, on an entry
// that says that it is a regular file.
func executable(f *zip.File) bool {
	mode := f.ExternalAttrs >> 16
	return mode&typeMask == typeRegular && mode&0o111 != 0
}
