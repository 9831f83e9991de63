package base

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

var pythonName = regexp.MustCompile(`^python(3\.\d+)(t?)$`)

// findPython looks through PATH as a shell would. The name behind the links says
// the minor version.
func findPython(root FS, searchPath string) (interpreter, minor string, freeThreaded bool, err error) {
	if searchPath == "" {
		searchPath = defaultPath
	}
	for _, dir := range strings.Split(searchPath, ":") {
		if dir == "" {
			continue // the working folder: nothing that an image installs to
		}
		for _, name := range append([]string{"python3", "python"}, versioned(root, dir)...) {
			found, err := resolve(root, strings.Trim(path.Join(dir, name), "/"))
			if err != nil {
				continue
			}
			if m := pythonName.FindStringSubmatch(path.Base(found)); m != nil {
				return found, m[1], m[2] != "", nil
			}
		}
	}
	return "", "", false, errors.New("there is no CPython 3 on its PATH: set `base` in [tool.quatrain] to an image that has one, such as python:3.13-slim")
}

// versioned are the names such as python3.12 in a folder, the newest first: some
// images have neither python3 nor python.
func versioned(root FS, dir string) []string {
	resolved, err := resolve(root, strings.Trim(dir, "/"))
	if err != nil {
		return nil
	}
	entries, err := root.ReadDir(resolved)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if pythonName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		// A longer minor is a larger one; builds with a GIL come first.
		x, y := strings.TrimSuffix(a, "t"), strings.TrimSuffix(b, "t")
		return cmp.Or(cmp.Compare(len(y), len(x)), strings.Compare(y, x), cmp.Compare(len(a), len(b)))
	})
	return names
}

// pythonVersion is what the image says, if it says it of this minor version, else
// the version literal of the interpreter or of its shared library.
func pythonVersion(root FS, interpreter, minor, said string) (string, error) {
	if m := fullVersion.FindStringSubmatch(said); m != nil && m[1] == minor {
		return said, nil
	}
	literal := regexp.MustCompile(`\x00(` + regexp.QuoteMeta(minor) + `\.\d+(?:(?:a|b|rc)\d+)?)\+?\x00`)
	for _, file := range versionFiles(root, interpreter, minor) {
		data, err := root.ReadFile(file)
		if err != nil {
			continue
		}
		if m := literal.FindSubmatch(data); m != nil {
			return string(m[1]), nil
		}
	}
	return "", fmt.Errorf("the version of /%s cannot be told: set PYTHON_VERSION in the image's environment", interpreter)
}

func versionFiles(root FS, interpreter, minor string) []string {
	var files []string
	if f, err := resolve(root, interpreter); err == nil {
		files = append(files, f)
	}
	prefix := path.Dir(path.Dir(interpreter))
	for _, dir := range append([]string{path.Join(prefix, "lib")}, libDirs(root)...) {
		if f, err := resolve(root, path.Join(dir, "libpython"+minor+".so.1.0")); err == nil {
			files = append(files, f)
		}
	}
	return files
}
