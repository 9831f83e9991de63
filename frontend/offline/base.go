package offline

import (
	"io/fs"
	"regexp"
	"strings"
	"testing/fstest"

	"github.com/quatrain-build/quatrain/internal/tags"
)

// Base is what base images are taken for. A zero field is guessed from the name:
// "python:3.12-slim" has Python 3.12.0, a name with "alpine" in it has musl.
type Base struct {
	Python string // "3.12.4", with a trailing "t" for a free-threaded one
	Libc   tags.Libc
}

var versionInName = regexp.MustCompile(`:.*?(3\.\d+(?:\.\d+)?)`)

// python returns the version, "3.12.0", and whether it is free-threaded.
func (b Base) python(image string) (version string, freeThreaded bool) {
	version = b.Python
	if version == "" {
		version = "3.13.0"
		if m := versionInName.FindStringSubmatch(image); m != nil {
			version = m[1]
		}
	}
	version, freeThreaded = strings.CutSuffix(version, "t")
	if strings.Count(version, ".") == 1 {
		version += ".0"
	}
	return version, freeThreaded
}

func (b Base) libc(image string) tags.Libc {
	switch {
	case b.Libc.Family != "":
		return b.Libc
	case strings.Contains(image, "alpine"):
		return tags.Libc{Family: "musl", Major: 1, Minor: 2}
	}
	return tags.Libc{Family: "glibc", Major: 2, Minor: 36}
}

// env returns the environment of an official image.
func (b Base) env(image string) []string {
	version, _ := b.python(image)
	return []string{
		"PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"PYTHON_VERSION=" + version,
	}
}

// root returns the part of the image's file system that facts are read from.
func (b Base) root(image string) fs.FS {
	version, freeThreaded := b.python(image)
	minor := version[:strings.LastIndex(version, ".")]
	if freeThreaded {
		minor += "t"
	}
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text), Mode: 0o644} }
	root := fstest.MapFS{
		"usr/local/bin/python" + minor: file("ELF"),
		"etc/passwd":                   file("root:x:0:0:root:/root:/bin/sh\n"),
		"etc/group":                    file("root:x:0:\n"),
	}
	libc := b.libc(image)
	literal := libc.String()[strings.Index(libc.String(), "-")+1:]
	if libc.Family == "musl" {
		root["lib/ld-musl-x86_64.so.1"] = file("\x00" + literal + ".0\x00")
		root["etc/os-release"] = file("ID=alpine\n")
	} else {
		root["lib/libc.so.6"] = file("GNU C Library stable release version " + literal + ".\n")
		root["etc/os-release"] = file("ID=debian\n")
	}
	return root
}
