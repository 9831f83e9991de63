package wheel

import (
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/names"
)

// fileName is what a wheel's file name says.
type fileName struct {
	distribution string // as written: it names the .data folder and the headers' folder
	version      string
}

// The same expression as pypa/installer's, so that odd names split the same way.
var fileNamePattern = regexp.MustCompile(`^(.+?)-(.*?)(?:-(\d[^-]*?))?-(.+?-.+?-.+?)\.whl$`)

func parseFileName(base string) (fileName, error) {
	m := fileNamePattern.FindStringSubmatch(base)
	if m == nil || !names.IsFileName(m[1]) || !names.IsFileName(m[2]) {
		return fileName{}, bad("not a wheel's file name")
	}
	return fileName{distribution: m[1], version: m[2]}, nil
}

var separators = regexp.MustCompile(`[-_.]+`)

// canonical returns a name in the form in which PEP 503 compares names.
func canonical(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}

// packageOf returns the package's name for a message about a file, or "" if the file name has
// none.
func packageOf(base string) string {
	distribution, _, found := strings.Cut(base, "-")
	if !found {
		return ""
	}
	return canonical(distribution)
}
