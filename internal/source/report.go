package source

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What is shown at most. All of it travels in one message of BuildKit's API, and over
// HTTP/2 in headers.
const (
	maxErrors  = 5
	maxMessage = 2000 // bytes of a message, and of a hint
)

// Report is what is shown of a failure: the first errors in the order of the files, and
// how many more there are.
type Report struct {
	Errors []*Error
	More   int
}

// NewReport collects the errors that are joined in err. Each is there once.
func NewReport(err error) *Report {
	var all []*Error
	leaves, _ := flatten(err)
	for _, leaf := range leaves {
		all = append(all, asError(leaf))
	}
	all = inOrder(all)
	shown := min(len(all), maxErrors)
	r := &Report{More: len(all) - shown}
	for _, e := range all[:shown] {
		r.Errors = append(r.Errors, &Error{At: e.At, Message: Brief(e.Message), Hint: Brief(e.Hint)})
	}
	return r
}

// Brief returns a text that is fit to be shown: not too long, without secrets and without
// control characters.
func Brief(text string) string { return printable(cut(Redact(text), maxMessage)) }

// asError returns an *Error as it is, and any other error as one without a place.
func asError(err error) *Error {
	if e, ok := err.(*Error); ok {
		return e
	}
	var advice interface{ Hint() string }
	if errors.As(err, &advice) {
		return &Error{Message: err.Error(), Hint: advice.Hint()}
	}
	return &Error{Message: err.Error()}
}

// flatten returns the errors that are joined in err, and whether an *Error is among them.
// Text around an *Error is dropped; an error without one in it is a leaf as it is.
func flatten(err error) (leaves []error, known bool) {
	switch e := err.(type) {
	case nil:
		return nil, false
	case *Error:
		return []error{e}, true
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			some, ours := flatten(inner)
			leaves, known = append(leaves, some...), known || ours
		}
		return leaves, known
	case interface{ Unwrap() error }:
		if leaves, known = flatten(e.Unwrap()); known {
			return leaves, true
		}
	}
	return []error{err}, false
}

// All returns every *Error in err's tree, in order: errors are collected and joined by
// the phases, and told apart again where they are shown.
func All(err error) []*Error {
	var all []*Error
	leaves, _ := flatten(err)
	for _, leaf := range leaves {
		if e, ok := leaf.(*Error); ok {
			all = append(all, e)
		}
	}
	return all
}

// inOrder sorts errors by their places and drops repeated ones. Files keep the order in
// which the errors come, and so do errors without a place.
func inOrder(all []*Error) []*Error {
	rank := map[string]int{}
	name := func(e *Error) string {
		if e.At.File == nil {
			return ""
		}
		return e.At.File.Name
	}
	var unique []*Error
	seen := map[string]bool{}
	for _, e := range all {
		key := fmt.Sprintf("%s\x00%d\x00%s\x00%s", name(e), e.At.Start.Line, e.Message, e.Hint)
		if seen[key] {
			continue
		}
		seen[key], unique = true, append(unique, e)
		if _, ok := rank[name(e)]; !ok {
			rank[name(e)] = len(rank)
		}
	}
	slices.SortStableFunc(unique, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(rank[name(a)], rank[name(b)]),
			cmp.Compare(a.At.Start.Line, b.At.Start.Line), cmp.Compare(a.At.Start.Column, b.At.Start.Column))
	})
	return unique
}

// Error returns the errors one after the other, without excerpts.
func (r *Report) Error() string {
	return r.Text(func(*Excerpt) string { return "" })
}

// Text returns the errors one after the other. Errors that are close together have an
// excerpt in common; excerpt returns what of it is part of the text, after theirs. A hint
// that several have is there once.
func (r *Report) Text(excerpt func(*Excerpt) string) string {
	var parts []string
	var places []Range // of the errors since the last excerpt
	hints := map[string]bool{"": true}
	for i, e := range r.Errors {
		shown := *e
		if hints[e.Hint] {
			shown.Hint = ""
		}
		hints[e.Hint] = true
		parts = append(parts, shown.Error())
		if places = append(places, e.At); i+1 < len(r.Errors) && near(e.At, r.Errors[i+1].At) {
			continue
		}
		if x := NewExcerpt(places...); x != nil {
			parts = append(parts, strings.TrimSuffix(excerpt(x), "\n"))
		}
		places = nil
	}
	if r.More > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", r.More))
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return printable(strings.Join(parts, "\n"))
}
