package plan

import (
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/tags"
)

// Guess makes a plan for a base whose files nobody has looked at: in.Base is what its
// configuration says, name is its name. Which C library the image has is not known for
// sure, so a plan that one of those that it may have allows is no error.
func Guess(in Input, name string) (*Plan, error) {
	libcs := []tags.Libc{in.Base.Libc, {Family: "glibc", Major: 2, Minor: 41}} // the oldest and the newest of Debian
	if strings.Contains(name, "alpine") {
		libcs = []tags.Libc{{Family: "musl", Major: 1, Minor: 2}}
	}
	var first error
	for _, libc := range libcs {
		in.Base.Libc = libc
		p, err := New(in)
		if err == nil {
			return p, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}
