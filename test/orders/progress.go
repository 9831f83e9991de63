// Package orders is what the demo and the benches share: examples/orders changed as a
// person changes it, what BuildKit reports of a build, and what a registry then holds.
package orders

import (
	"bufio"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
)

// Operation is a vertex of the graph, as the client saw it run.
type Operation struct {
	Name   string
	root   bool // has no inputs: a download, or files that are written
	Cached bool
	runs   []Interval
}

// Interval is from when to when something ran.
type Interval struct{ From, To time.Time }

// Progress is what a build reported.
type Progress struct {
	Operations map[string]*Operation // by digest
	Exports    map[string]Interval   // "exporting layers", "pushing layers"
	Other      strings.Builder       // what is not progress: an error's text
}

// Follow reads buildx's raw progress to its end.
func Follow(r io.Reader) *Progress {
	p := &Progress{Operations: map[string]*Operation{}, Exports: map[string]Interval{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var s client.SolveStatus
		if json.Unmarshal(lines.Bytes(), &s) != nil {
			p.Other.WriteString(lines.Text() + "\n")
			continue
		}
		for _, v := range s.Vertexes {
			p.add(v)
		}
		for _, v := range s.Statuses {
			if v.Started != nil && v.Completed != nil {
				p.Exports[v.ID] = Interval{*v.Started, *v.Completed}
			}
		}
	}
	return p
}

func (p *Progress) add(v *client.Vertex) {
	id := v.Digest.String()
	o := p.Operations[id]
	if o == nil {
		o = &Operation{Name: v.Name, root: len(v.Inputs) == 0}
		p.Operations[id] = o
	}
	o.Cached = o.Cached || v.Cached
	if v.Started == nil {
		return
	}
	i := slices.IndexFunc(o.runs, func(r Interval) bool { return r.From.Equal(*v.Started) })
	if i < 0 {
		i = len(o.runs)
		o.runs = append(o.runs, Interval{From: *v.Started, To: *v.Started})
	}
	if v.Completed != nil {
		o.runs[i].To = *v.Completed
	}
}

// Ran is when the operation itself ran, nothing where its result was there. Of an
// operation without inputs BuildKit reports the making of its cache key as a run too,
// before.
func (o *Operation) Ran() []Interval {
	switch {
	case o.Cached || len(o.runs) == 0:
		return nil
	case o.root:
		return o.runs[1:]
	}
	return o.runs
}

// Kind is the bracketed word of an operation of ours: "install", "compile" …; ""
// for BuildKit's own.
func (o *Operation) Kind() string {
	rest, ok := strings.CutPrefix(o.Name, "[")
	if !ok || strings.HasPrefix(rest, "internal]") || strings.HasPrefix(rest, "auth]") {
		return ""
	}
	word, _, _ := strings.Cut(rest, "]")
	word, _, _ = strings.Cut(word, " ")
	return word
}

// OnDependencies says whether the operation is about packages, not the project.
func (o *Operation) OnDependencies() bool {
	return slices.Contains([]string{"locate", "fetch", "build", "overlaps", "install", "compile"}, o.Kind()) && o.Name != "[compile] project"
}

// Count is how many operations of steps there are that a condition holds for.
func (p *Progress) Count(is func(*Operation) bool) (n int) {
	for _, o := range p.Operations {
		if o.Kind() != "" && is(o) {
			n++
		}
	}
	return n
}

// DidRun says whether the operation itself ran.
func (o *Operation) DidRun() bool { return len(o.Ran()) > 0 }
