package orders

import (
	"strings"
	"testing"
)

// What BuildKit reports of a build, and which operations ran.
func TestRan(t *testing.T) {
	const at = `"2026-01-01T00:00:0`
	run := func(id, name, inputs, from, to string) string {
		return `{"vertexes":[{"digest":"sha256:` + id + `","name":"` + name + `","inputs":[` + inputs + `],"started":` + at + from + `Z","completed":` + at + to + `Z"}]}`
	}
	const input = `"sha256:aa"`
	p := Follow(strings.NewReader(strings.Join([]string{
		`{"vertexes":[{"digest":"sha256:a1","name":"[fetch] cold.whl"}]}`,
		run("a1", "[fetch] cold.whl", "", "1.0", "1.0"), // its key
		run("a1", "[fetch] cold.whl", "", "1.1", "3.1"),
		run("a2", "[fetch] warm.whl", "", "1.0", "1.0"), // its key only: what needs it is cached
		run("a3", "[install small 1] cold", input, "3.2", "4.2"),
		`{"vertexes":[{"digest":"sha256:a4","name":"[install small 2] warm","inputs":["sha256:aa"],"cached":true,"started":` + at + `1.0Z","completed":` + at + `1.0Z"}]}`,
		run("a5", "[compile] project", input, "4.2", "5.0"),
		run("a6", "[internal] load project", "", "0.1", "0.2"),
		`{"statuses":[{"id":"pushing layers","vertex":"sha256:a7","started":` + at + `5.0Z","completed":` + at + `6.5Z"}]}`,
		`ERROR: what is not progress`,
	}, "\n")))
	ran, onDependencies := p.Count((*Operation).DidRun), p.Count(func(o *Operation) bool { return o.DidRun() && o.OnDependencies() })
	if ran != 3 || onDependencies != 2 || p.Count(func(*Operation) bool { return true }) != 5 {
		t.Errorf("ran %d, on dependencies %d, of %d", ran, onDependencies, p.Count(func(*Operation) bool { return true }))
	}
	if i := p.Exports["pushing layers"]; i.To.Sub(i.From).Seconds() != 1.5 {
		t.Errorf("pushing took %v", i.To.Sub(i.From))
	}
	if !strings.Contains(p.Other.String(), "what is not progress") {
		t.Error(p.Other.String())
	}
}
