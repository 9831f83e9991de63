// Package base reads what a base image's files say of it, without running it:
// the interpreter, its version, the C library, the users.
package base

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/quatrain-build/quatrain/internal/tags"
)

// Facts is what bears on the choice of wheels and on the layers above.
type Facts struct {
	Interpreter  string // absolute path, symbolic links resolved: "/usr/local/bin/python3.12"
	Version      string // "3.12.4"
	FreeThreaded bool
	Libc         tags.Libc
	Passwd       []byte // /etc/passwd, nil where there is none
	Group        []byte // /etc/group
}

// FS is an image's root. Lstat and ReadLink do not follow the last element.
type FS interface {
	fs.ReadDirFS
	fs.ReadFileFS
	Lstat(name string) (fs.FileInfo, error)
	ReadLink(name string) (string, error)
}

// Read finds the facts; env is the environment of the image's configuration.
// Errors: no CPython, a version or C library that cannot be told.
func Read(root FS, env []string) (Facts, error) {
	var f Facts
	interpreter, minor, freeThreaded, err := findPython(root, lookup(env, "PATH"))
	if err != nil {
		return f, err
	}
	f.Interpreter, f.FreeThreaded = "/"+interpreter, freeThreaded
	if f.Version, err = pythonVersion(root, interpreter, minor, lookup(env, "PYTHON_VERSION")); err != nil {
		return f, err
	}
	if f.Libc, err = findLibc(root); err != nil {
		return f, err
	}
	if f.Passwd, err = optional(root, "etc/passwd"); err != nil {
		return f, err
	}
	f.Group, err = optional(root, "etc/group")
	return f, err
}

func lookup(env []string, name string) string {
	for _, e := range env {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}

func optional(root FS, name string) ([]byte, error) {
	resolved, err := resolve(root, name)
	if err != nil {
		return nil, nil
	}
	data, err := root.ReadFile(resolved)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// maxLinks is the kernel's own limit of symbolic links in one path.
const maxLinks = 40

// resolve follows all symbolic links of a path inside the root.
func resolve(root FS, name string) (string, error) {
	rest := strings.Split(name, "/")
	done, links := "", 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			done = strings.TrimPrefix(path.Dir("/"+done), "/")
			continue
		}
		next := path.Join(done, part)
		info, err := root.Lstat(next)
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		if links++; links > maxLinks {
			return "", &fs.PathError{Op: "resolve", Path: name, Err: errors.New("too many symbolic links")}
		}
		target, err := root.ReadLink(next)
		if err != nil {
			return "", err
		}
		if strings.HasPrefix(target, "/") {
			done = ""
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return done, nil
}
