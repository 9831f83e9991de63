package step

import (
	"errors"
	"strings"
	"syscall"
)

// Error makes a problem usable as an error; the text is what a log shows.
func (p *Problem) Error() string {
	var b strings.Builder
	if p.Package != "" {
		b.WriteString(p.Package + ": ")
	}
	if p.File != "" {
		b.WriteString(p.File + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("\n  hint: " + p.Hint)
	}
	return b.String()
}

// NotOurs is what to do where the kernel does not run a program: it is for another
// platform than the builder's.
const NotOurs = "This has to run on the target's platform: register emulation with the kernel (binfmt_misc), or build on a machine of that platform."

// Unrunnable makes a problem of a kind of an error that says so, and leaves any other.
func Unrunnable(kind Kind, what string, err error) error {
	if !errors.Is(err, syscall.ENOEXEC) {
		return err
	}
	return &Problem{Kind: kind, Message: what + ": " + err.Error(), Hint: NotOurs}
}

// KindOf is that of the first *Problem in an error, or "".
func KindOf(err error) Kind {
	var p *Problem
	if errors.As(err, &p) {
		return p.Kind
	}
	return ""
}

// Problems flattens an error, joined ones included. An error that carries no
// *Problem becomes one of kind [Failed]; nil has none.
func Problems(err error) []Problem {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []Problem
		for _, e := range joined.Unwrap() {
			all = append(all, Problems(e)...)
		}
		return all
	}
	var p *Problem
	if errors.As(err, &p) {
		return []Problem{*p}
	}
	return []Problem{{Kind: Failed, Message: err.Error()}}
}
