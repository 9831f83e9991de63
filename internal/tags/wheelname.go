// Package tags has wheel file names (binary distribution format) and the ranked
// compatibility tags of an interpreter (PEP 425, 600, 656), in the order of
// packaging.tags as Poetry uses it.
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

// ParseWheelName reads name-version(-build)?-python-abi-platform.whl, the version as
// it stands there.
func ParseWheelName(file string) (WheelName, error) {
	stem, ok := strings.CutSuffix(file, ".whl")
	parts := strings.Split(stem, "-")
	if !ok || len(parts) != 5 && len(parts) != 6 {
		return WheelName{}, fmt.Errorf("%q is not the name of a wheel", file)
	}
	w := WheelName{Name: parts[0], Version: parts[1]}
	if len(parts) == 6 {
		w.Build = parts[2]
		if digits(w.Build) == 0 || digits(w.Build) > 18 {
			return WheelName{}, fmt.Errorf("%q has a build tag that does not start with a number", file)
		}
	}
	tag := parts[len(parts)-3:]
	w.Python, w.ABI, w.Platform = set(tag[0]), set(tag[1]), set(tag[2])
	if w.Name == "" || w.Version == "" || !isDigit(w.Version[0]) || slices.Contains(tag, "") {
		return WheelName{}, fmt.Errorf("%q is not the name of a wheel", file)
	}
	return w, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func set(compressed string) []string { return strings.Split(strings.ToLower(compressed), ".") }

// BuildTag is the build tag as it sorts: its number, then the rest. ok is false
// where there is none; none sorts first.
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
