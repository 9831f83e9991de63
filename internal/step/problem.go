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
		b.WriteString("\nhint: " + p.Hint)
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

// KindOf returns the kind of the first *Problem in an error, or "".
func KindOf(err error) Kind {
	var p *Problem
	if errors.As(err, &p) {
		return p.Kind
	}
	return ""
}

// Problems returns what is joined in an error, whatever that is wrapped in. An error that
// carries no *Problem becomes one of kind [Failed]; nil has none.
func Problems(err error) []Problem {
	switch e := err.(type) {
	case nil:
		return nil
	case *Problem:
		return []Problem{*e}
	case interface{ Unwrap() []error }:
		var all []Problem
		for _, inner := range e.Unwrap() {
			all = append(all, Problems(inner)...)
		}
		return all
	case interface{ Unwrap() error }:
		var p *Problem
		if errors.As(err, &p) {
			return Problems(e.Unwrap())
		}
	}
	problem := Problem{Kind: Failed, Message: err.Error()}
	var advice interface{ Hint() string } // a crash
	if errors.As(err, &advice) {
		problem.Hint = advice.Hint()
	}
	return []Problem{problem}
}
