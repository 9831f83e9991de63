package wheel

import (
	"archive/zip"
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

// Types in the upper half of a zip entry's external attributes (stat.h).
const (
	typeMask    = 0o170000
	typeRegular = 0o100000
	typeFolder  = 0o040000
)

// checkType refuses links, devices and the like. Poetry would write a link's
// target as a file's text, which no wheel means.
func checkType(f *zip.File) error {
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
