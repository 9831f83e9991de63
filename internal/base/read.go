package base

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// What is read of an image is bounded: anybody can write one. Programs and libraries
// are searched piece by piece, the rest is read into memory.
const (
	maxText     = 1 << 20   // os-release, passwd, group
	maxDatabase = 64 << 20  // of a package manager
	maxLibc     = 32 << 20  // with debug symbols
	maxProgram  = 256 << 20 // an interpreter, or libpython, with debug symbols
	maxEntries  = 20_000    // in a folder
)

// openFile opens a regular file of at most limit bytes. Symbolic links are followed
// inside the root. Errors: fs.ErrNotExist, anything but a regular file (opening a
// FIFO would wait for ever), a file that is too large.
func openFile(root FS, name string, limit int64) (fs.File, error) {
	resolved, err := resolve(root, name)
	if err != nil {
		return nil, err
	}
	info, err := root.Lstat(resolved)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("/%s is not a regular file", name)
	case info.Size() > limit:
		return nil, fmt.Errorf("/%s is larger than %d MiB", name, limit>>20)
	}
	return root.Open(resolved)
}

// readFile returns the contents of a file, nil if there is none.
func readFile(root FS, name string, limit int64) ([]byte, error) {
	f, err := openFile(root, name, limit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// A file of /proc says that it has no bytes, and then has some.
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("/%s is larger than %d MiB", name, limit>>20)
	}
	return data, err
}

// findInFile returns the groups of a pattern's first match in a file, nil if there is
// no match. No match may be longer than 1 KiB.
func findInFile(root FS, name string, limit int64, pattern *regexp.Regexp) ([]string, error) {
	f, err := openFile(root, name, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// The end of a piece is searched again with the next one: a match may be in both.
	const piece, overlap = 1 << 20, 1 << 10
	r := io.LimitReader(f, limit)
	window := make([]byte, 0, overlap+piece)
	for {
		n, err := io.ReadFull(r, window[len(window):cap(window)])
		window = window[:len(window)+n]
		if m := pattern.FindSubmatch(window); m != nil {
			return texts(m), nil
		}
		if err != nil {
			return nil, ignoreEOF(err)
		}
		window = window[:copy(window, window[len(window)-overlap:])]
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func texts(groups [][]byte) []string {
	var all []string
	for _, g := range groups {
		all = append(all, string(bytes.Clone(g)))
	}
	return all
}

// readNames returns the sorted names of what is in a folder.
func readNames(root FS, dir string) ([]string, error) {
	resolved, err := resolve(root, dir)
	if err != nil {
		return nil, err
	}
	entries, err := readEntries(root, resolved)
	if err != nil {
		return nil, err
	}
	if len(entries) > maxEntries {
		return nil, fmt.Errorf("/%s has more than %d files", dir, maxEntries)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names, nil
}

// readEntries reads at most one entry more than is allowed, if the file system can.
func readEntries(root FS, dir string) ([]fs.DirEntry, error) {
	info, err := root.Lstat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("/%s is not a folder", dir)
	}
	f, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	folder, ok := f.(fs.ReadDirFile)
	if !ok {
		return fs.ReadDir(root, dir)
	}
	entries, err := folder.ReadDir(maxEntries + 1)
	return entries, ignoreEOF(err)
}

// maxLinks is the kernel's own limit of symbolic links in one path.
const maxLinks = 40

// Resolve returns a path without symbolic links, which it follows inside the root.
// Errors: fs.ErrNotExist if there is nothing at the path.
func Resolve(root FS, name string) (string, error) { return resolve(root, name) }

// resolve follows all symbolic links of a path inside the root. The result is valid
// for io/fs: "." is the root.
func resolve(root FS, name string) (string, error) {
	rest := strings.Split(name, "/")
	done, links := ".", 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			done = path.Dir(done)
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
			return "", fmt.Errorf("/%s goes through more than %d symbolic links", name, maxLinks)
		}
		target, err := root.ReadLink(next)
		if err != nil {
			return "", err
		}
		if strings.HasPrefix(target, "/") {
			done = "."
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return done, nil
}
