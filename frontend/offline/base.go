package offline

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing/fstest"

	distribution "github.com/distribution/reference"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/python/tags"
)

// Base is what base images are taken for. A zero field is guessed from the name: a name
// with "alpine" in it has musl.
type Base struct {
	Python string // "3.12.4", with a trailing "t" for a free-threaded one
	Libc   tags.Libc
}

// GuessPython says how to guess the Python of an image that Base does not name: guess
// returns it, and whether the image's name does not say it.
func (c *Client) GuessPython(guess func(image string) (version string, guessed bool)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.guess = guess
}

// python returns the version, "3.12.0", and whether it is free-threaded.
func (c *Client) python(image string) (version string, freeThreaded bool) {
	version = c.Base.Python
	if version == "" {
		version = c.guessed(image)
	}
	version, freeThreaded = strings.CutSuffix(version, "t")
	if strings.Count(version, ".") == 1 {
		version += ".0"
	}
	return version, freeThreaded
}

// guessed returns the guess of an image's Python, and notes it.
func (c *Client) guessed(image string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.guess == nil {
		return "3.13.0"
	}
	version, guessed := c.guess(image)
	if guessed {
		if c.guesses == nil {
			c.guesses = map[string]string{}
		}
		c.guesses[image] = version
	}
	return version
}

// Guesses says of which images the Python was guessed, sorted.
func (c *Client) Guesses() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, image := range slices.Sorted(maps.Keys(c.guesses)) {
		all = append(all, fmt.Sprintf("%s is not read: that it has Python %s is a guess", familiar(image), c.guesses[image]))
	}
	return all
}

// familiar returns an image's name as people write it.
func familiar(image string) string {
	named, err := distribution.ParseNormalizedNamed(image)
	if err != nil {
		return image
	}
	return distribution.FamiliarString(named)
}

func (c *Client) libc(image string) tags.Libc {
	if c.Base.Libc.Family != "" {
		return c.Base.Libc
	}
	return base.GuessLibc(image)
}

// env returns the environment of an official image.
func (c *Client) env(image string) []string {
	version, _ := c.python(image)
	return []string{
		"PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"PYTHON_VERSION=" + version,
	}
}

// root returns the part of the image's file system that facts are read from.
func (c *Client) root(image string) fs.FS {
	version, freeThreaded := c.python(image)
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
	libc := c.libc(image)
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
