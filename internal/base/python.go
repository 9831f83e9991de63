package base

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// maxPath is how many folders of PATH are looked into.
const maxPath = 100

var pythonName = regexp.MustCompile(`^python(3\.\d{1,2})(t?)$`)

// findPython looks through PATH as a shell would. The name behind the links says
// the minor version.
func findPython(root FS, searchPath string) (interpreter, minor string, freeThreaded bool, err error) {
	if searchPath == "" {
		searchPath = defaultPath
	}
	dirs := strings.SplitN(searchPath, ":", maxPath+1)
	for _, dir := range dirs[:min(len(dirs), maxPath)] {
		if dir == "" {
			continue // the working folder: nothing that an image installs to
		}
		for _, name := range append([]string{"python3", "python"}, versionedNames(root, dir)...) {
			found, ok := resolveProgram(root, path.Join(dir, name))
			if !ok {
				continue
			}
			if m := pythonName.FindStringSubmatch(path.Base(found)); m != nil {
				return found, m[1], m[2] != "", nil
			}
		}
	}
	return "", "", false, errors.New("no CPython 3 on its PATH: set `base` in [tool.quatrain] to an image that has one, such as python:3.13-slim")
}

// resolveProgram returns the regular file behind a path's links. Its path is written
// into pyvenv.cfg, which has one setting a line.
func resolveProgram(root FS, name string) (string, bool) {
	found, err := resolve(root, name)
	if err != nil || strings.ContainsFunc(found, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		return "", false
	}
	info, err := root.Lstat(found)
	return found, err == nil && info.Mode().IsRegular()
}

// versionedNames returns the names such as python3.12 in a folder, the newest first:
// some images have neither python3 nor python.
func versionedNames(root FS, dir string) []string {
	all, err := readNames(root, dir)
	if err != nil {
		return nil
	}
	names := slices.DeleteFunc(all, func(name string) bool { return !pythonName.MatchString(name) })
	slices.SortFunc(names, func(a, b string) int {
		// A longer minor is a larger one; builds with a GIL come first.
		x, y := strings.TrimSuffix(a, "t"), strings.TrimSuffix(b, "t")
		return cmp.Or(cmp.Compare(len(y), len(x)), strings.Compare(y, x), cmp.Compare(len(a), len(b)))
	})
	return names
}

// pythonVersion returns what the image says, if it says it of this minor version, else
// the version literal of the interpreter or of its shared library.
func pythonVersion(root FS, interpreter, minor, said string) (string, error) {
	if m := fullVersion.FindStringSubmatch(said); m != nil && m[1] == minor {
		return said, nil
	}
	literal := regexp.MustCompile(`\x00(` + regexp.QuoteMeta(minor) + `\.\d{1,3}(?:(?:a|b|rc)\d{1,3})?)\+?\x00`)
	for _, file := range versionFiles(root, interpreter, minor) {
		if m, err := findInFile(root, file, maxProgram, literal); err == nil && m != nil {
			return m[1], nil
		}
	}
	return "", fmt.Errorf("cannot determine the version of /%s: set PYTHON_VERSION in the image's environment", interpreter)
}

// versionFiles returns the files that may have the version literal.
func versionFiles(root FS, interpreter, minor string) []string {
	files := []string{interpreter}
	prefix := path.Dir(path.Dir(interpreter))
	for _, dir := range append([]string{path.Join(prefix, "lib")}, libDirs(root)...) {
		files = append(files, path.Join(dir, "libpython"+minor+".so.1.0"))
	}
	return files
}
