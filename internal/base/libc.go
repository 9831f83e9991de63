package base

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/tags"
)

// The version of a C library as its file has it. No release has more than three digits.
var (
	glibcLiteral = regexp.MustCompile(`GNU C Library [^\n]{0,200}release version (\d{1,3})\.(\d{1,3})\D`)
	muslLiteral  = regexp.MustCompile(`\x00(\d{1,3})\.(\d{1,3})\.\d{1,3}\x00`)
)

// findLibc returns the C library and the version that its file carries as text. glibc
// comes first: Debian has musl as an ordinary package beside it, but nobody puts glibc
// beside musl (what Alpine's compatibility packages install is no glibc).
func findLibc(root FS) (tags.Libc, error) {
	dirs := libDirs(root)
	var why []string
	for _, c := range []struct {
		family, prefix string
		literal        *regexp.Regexp
	}{
		{"glibc", "libc.so.6", glibcLiteral},
		{"musl", "ld-musl-", muslLiteral},
	} {
		for _, dir := range dirs {
			names, err := readNames(root, dir)
			if err != nil {
				continue
			}
			for _, name := range names {
				if !strings.HasPrefix(name, c.prefix) {
					continue
				}
				l, err := readLibc(root, path.Join(dir, name), c.family, c.literal)
				if err == nil {
					return l, nil
				}
				why = append(why, err.Error())
			}
		}
	}
	return tags.Libc{}, unknownLibc(why)
}

func unknownLibc(why []string) error {
	const message, hint = "cannot determine the C library", "set `base` in [tool.quatrain] to another image"
	if len(why) == 0 {
		return fmt.Errorf("%s: no glibc or musl in the standard folders; %s", message, hint)
	}
	return fmt.Errorf("%s: %s; %s", message, why[0], hint)
}

func readLibc(root FS, name, family string, literal *regexp.Regexp) (tags.Libc, error) {
	m, err := findInFile(root, name, maxLibc, literal)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return tags.Libc{}, fmt.Errorf("/%s is a dangling link", name)
	case err != nil:
		return tags.Libc{}, err
	case m == nil:
		return tags.Libc{}, fmt.Errorf("/%s does not contain its version", name)
	}
	major, errMajor := strconv.Atoi(m[1])
	minor, errMinor := strconv.Atoi(m[2])
	return tags.Libc{Family: family, Major: major, Minor: minor}, errors.Join(errMajor, errMinor)
}

// triplets are Debian's multiarch folders of the platforms that wheels exist for.
var triplets = []string{
	"x86_64-linux-gnu", "aarch64-linux-gnu", "arm-linux-gnueabihf", "i386-linux-gnu",
	"powerpc64le-linux-gnu", "s390x-linux-gnu", "riscv64-linux-gnu",
}

// libDirs returns the folders of libraries that the image has, links resolved.
func libDirs(root FS) []string {
	var all []string
	for _, lib := range []string{"lib", "usr/lib", "lib64", "usr/lib64"} {
		dir, err := resolve(root, lib)
		if err != nil {
			continue
		}
		all = append(all, dir)
		for _, t := range triplets {
			if sub, err := resolve(root, path.Join(dir, t)); err == nil {
				all = append(all, sub)
			}
		}
	}
	return all
}
