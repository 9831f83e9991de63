package base

import (
	"errors"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/quatrain-build/quatrain/internal/tags"
)

var (
	glibcLiteral = regexp.MustCompile(`GNU C Library [^\n]*release version (\d+)\.(\d+)`)
	muslLiteral  = regexp.MustCompile(`\x00(\d+)\.(\d+)\.\d+\x00`)
)

// findLibc reads the version that the C library carries as text. glibc comes first:
// Debian has musl as an ordinary package beside it, but nobody puts glibc beside
// musl (what Alpine's compatibility packages install is no glibc).
func findLibc(root FS) (tags.Libc, error) {
	dirs := libDirs(root)
	for _, c := range []struct {
		family, prefix string
		literal        *regexp.Regexp
	}{
		{"glibc", "libc.so.6", glibcLiteral},
		{"musl", "ld-musl-", muslLiteral},
	} {
		for _, dir := range dirs {
			entries, err := root.ReadDir(dir)
			if err != nil {
				continue
			}
			for _, e := range entries {
				if !strings.HasPrefix(e.Name(), c.prefix) {
					continue
				}
				if l, ok := readLibc(root, path.Join(dir, e.Name()), c.family, c.literal); ok {
					return l, nil
				}
			}
		}
	}
	return tags.Libc{}, errors.New("its C library cannot be told: neither glibc nor musl is where a Linux distribution has it; " +
		"set `base` in [tool.quatrain] to another image")
}

func readLibc(root FS, name, family string, literal *regexp.Regexp) (tags.Libc, bool) {
	resolved, err := resolve(root, name)
	if err != nil {
		return tags.Libc{}, false
	}
	data, err := root.ReadFile(resolved)
	if err != nil {
		return tags.Libc{}, false
	}
	m := literal.FindSubmatch(data)
	if m == nil {
		return tags.Libc{}, false
	}
	major, _ := strconv.Atoi(string(m[1]))
	minor, _ := strconv.Atoi(string(m[2]))
	return tags.Libc{Family: family, Major: major, Minor: minor}, true
}

// triplets are Debian's multiarch folders of the platforms that wheels exist for.
var triplets = []string{
	"x86_64-linux-gnu", "aarch64-linux-gnu", "arm-linux-gnueabihf", "i386-linux-gnu",
	"powerpc64le-linux-gnu", "s390x-linux-gnu", "riscv64-linux-gnu",
}

// libDirs are the folders that libraries stand in, links resolved, those that are there.
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
