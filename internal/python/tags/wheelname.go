// Package tags parses the names of wheels and ranks the compatibility tags of an interpreter
// (PEP 425, 600 and 656).
//
// The order is that of packaging.tags, which Poetry uses.
package tags

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// WheelName is a wheel's file name taken apart. Tag parts are lower case.
type WheelName struct {
	Name, Version         string
	Build                 string // "" for none
	Python, ABI, Platform []string
}

// maxTags bounds how many tags a wheel's name stands for. Published wheels have some dozens.
const maxTags = 1000

// ParseWheelName reads name-version(-build)?-python-abi-platform.whl, the version as
// it stands there. Poetry's expression (poetry/utils/patterns.py) differs from the
// specification in that a name may hold dashes; so does this.
func ParseWheelName(file string) (WheelName, error) {
	stem, ok := strings.CutSuffix(file, ".whl")
	parts := strings.Split(stem, "-")
	tag := len(parts) - 3
	version := tag - 2
	if version < 1 || digits(parts[version]) == 0 || digits(parts[tag-1]) == 0 {
		version = tag - 1 // there is no build tag
	}
	if !ok || version < 1 || digits(parts[version]) == 0 || slices.Contains(parts[tag:], "") {
		return WheelName{}, fmt.Errorf("%q is not the name of a wheel", file)
	}
	w := WheelName{
		Name: strings.Join(parts[:version], "-"), Version: parts[version],
		Build:  strings.Join(parts[version+1:tag], ""),
		Python: set(parts[tag]), ABI: set(parts[tag+1]), Platform: set(parts[tag+2]),
	}
	if w.Name == "" || digits(w.Build) > 18 || len(w.Python)*len(w.ABI)*len(w.Platform) > maxTags {
		return WheelName{}, fmt.Errorf("%q is not the name of a wheel", file)
	}
	return w, nil
}

func set(compressed string) []string { return strings.Split(strings.ToLower(compressed), ".") }

// BuildTag returns the build tag in sortable form: its number, then the rest. ok is false if
// the name has none; a wheel without a build tag sorts first.
func (w WheelName) BuildTag() (number int, rest string, ok bool) {
	if w.Build == "" {
		return 0, "", false
	}
	n := digits(w.Build)
	number, _ = strconv.Atoi(w.Build[:n])
	return number, w.Build[n:], true
}

// digits counts those that s starts with.
func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
