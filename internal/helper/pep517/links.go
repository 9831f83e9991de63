package pep517

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// checkLinks refuses a tree in which a symbolic link leads out, directly or by way of
// others. What a link points to need not exist.
func checkLinks(root *os.Root) error {
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type() == fs.ModeSymlink && !staysInside(root, name) {
			err = fmt.Errorf("%q: a link out of the archive", name)
		}
		return err
	})
}

// maxLinks is how many links Linux follows in one path; where there are more, it stops.
const maxLinks = 40

// staysInside resolves a path below root one element at a time, as the kernel does, and
// reports whether it never leaves root.
func staysInside(root *os.Root, name string) bool {
	var at []string
	rest := strings.Split(name, "/")
	for links := 0; len(rest) > 0; {
		element := rest[0]
		rest = rest[1:]
		switch element {
		case "", ".":
			continue
		case "..":
			if len(at) == 0 {
				return false
			}
			at = at[:len(at)-1]
			continue
		}
		target, err := root.Readlink(path.Join(append(at, element)...))
		if err != nil { // not a link, or nothing at all
			at = append(at, element)
			continue
		}
		if path.IsAbs(target) {
			return false
		}
		if links++; links > maxLinks {
			return true
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return true
}
