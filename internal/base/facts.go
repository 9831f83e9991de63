// Package base reads the interpreter, its version, the C library and the users from the files
// of a base image, without running it.
package base

import (
	"io/fs"
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/tags"
)

// Facts is what bears on the choice of wheels and on the layers above.
type Facts struct {
	Interpreter  string // absolute path, symbolic links resolved: "/usr/local/bin/python3.12"
	Version      string // "3.12.4"
	FreeThreaded bool
	Libc         tags.Libc
	Passwd       []byte // /etc/passwd, nil where there is none
	Group        []byte // /etc/group
	OS           string // ID of os-release: "debian", "alpine"; "" where there is none
}

// FS is an image's root. Lstat does not follow the last element of a path.
type FS = fs.ReadLinkFS

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
	if f.Passwd, err = readFile(root, "etc/passwd", maxText); err != nil {
		return f, err
	}
	if f.Group, err = readFile(root, "etc/group", maxText); err != nil {
		return f, err
	}
	f.OS = osRelease(root, "ID")
	return f, nil
}

// Guess returns the facts that an official Python image's configuration implies, without
// reading its files: the interpreter of PYTHON_VERSION in /usr/local/bin, not free-threaded,
// and the C library of Debian 12. ok is false for any other image. An Alpine image has the
// same configuration, so use Read if a wheel depends on the C library.
func Guess(env []string) (f Facts, ok bool) {
	version := lookup(env, "PYTHON_VERSION")
	m := fullVersion.FindStringSubmatch(version)
	if first, _, _ := strings.Cut(lookup(env, "PATH"), ":"); m == nil || first != "/usr/local/bin" {
		return Facts{}, false
	}
	return Facts{
		Interpreter: "/usr/local/bin/python" + m[1],
		Version:     version,
		Libc:        GuessLibc("python"),
	}, true
}

// GuessLibc returns the C library of an image that is not read, by the image's name:
// Alpine's, or that of Debian 12.
func GuessLibc(image string) tags.Libc {
	if strings.Contains(image, "alpine") {
		return tags.Libc{Family: "musl", Major: 1, Minor: 2}
	}
	return tags.Libc{Family: "glibc", Major: 2, Minor: 36}
}

// fullVersion has no more digits than a release of Python has: numbers from an image
// become lists of tags, one for each smaller number.
var fullVersion = regexp.MustCompile(`^(3\.\d{1,2})\.\d{1,3}(?:(?:a|b|rc)\d{1,3})?$`)

// osReleases are the places of os-release(5).
var osReleases = []string{"etc/os-release", "usr/lib/os-release"}

// osRelease returns a value of os-release(5), "" if there is none.
func osRelease(root FS, key string) string {
	for _, name := range osReleases {
		data, err := readFile(root, name, maxText)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			if value, ok := strings.CutPrefix(strings.TrimSpace(line), key+"="); ok {
				return strings.Trim(value, `"'`)
			}
		}
	}
	return ""
}

func lookup(env []string, name string) string {
	for _, e := range env {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}
