// Package crash turns a panic into an error with a message that helps to find the bug.
//
// A panic that a goroutine does not recover ends the process. So every goroutine defers Recover
// in a function that returns an error, or runs a function that Guard returns.
package crash

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// Error is a panic that was caught.
type Error struct {
	Value  any      // what was given to panic
	Places []string // where: file:line of our own code, the innermost first
}

// maxPlaces is how many callers are worth showing.
const maxPlaces = 6

func (e *Error) Error() string {
	text := fmt.Sprint(e.Value)
	if len(text) > 500 {
		text = text[:500] + "…"
	}
	at := "an unknown place"
	if len(e.Places) > 0 {
		at = strings.Join(e.Places, ", from ")
	}
	return fmt.Sprintf("Quatrain crashed: %s (at %s)", text, at)
}

// Hint says what to do.
func (e *Error) Hint() string {
	return "This is a bug in Quatrain. Please report it at https://github.com/quatrain-build/quatrain/issues with this message, " +
		"the version of the frontend's image, and pyproject.toml and poetry.lock, if you may share them."
}

// Recover, when deferred, makes a panic the error of its function.
func Recover(err *error) {
	if value := recover(); value != nil {
		*err = &Error{value, places()}
	}
}

// Guard returns f with a panic as its error.
func Guard[T any](f func() (T, error)) func() (T, error) {
	return func() (result T, err error) {
		defer Recover(&err)
		return f()
	}
}

const module = "github.com/quatrain-build/quatrain/"

// places returns where in our own code a panic comes from. Paths are relative to the
// module: those of the machine that compiled it say nothing.
func places() (all []string) {
	var pcs [100]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for len(all) < maxPlaces {
		frame, more := frames.Next()
		if dir, ok := packageOf(frame); ok && !strings.HasPrefix(frame.Function, module+"internal/crash.") {
			all = append(all, fmt.Sprintf("%s:%d", path.Join(dir, path.Base(frame.File)), frame.Line))
		}
		if !more {
			break
		}
	}
	return all
}

// packageOf returns the folder of a frame's package, if it is ours.
func packageOf(frame runtime.Frame) (dir string, ok bool) {
	name, ours := strings.CutPrefix(frame.Function, module)
	if !ours {
		// A command is package main; its folder is in the file's name only.
		_, dir, ok = strings.Cut(path.Dir(frame.File), "/cmd/")
		return "cmd/" + dir, ok && strings.HasPrefix(frame.Function, "main.")
	}
	// internal/helper/wheel.(*tree).write: the package ends at the first dot after the last slash.
	slash := strings.LastIndex(name, "/") + 1
	base, _, _ := strings.Cut(name[slash:], ".")
	return strings.TrimSuffix(name[:slash]+base, "_test"), true
}
