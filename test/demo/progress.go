package main

import (
	"bufio"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
)

// operation is a vertex of the graph, as the client saw it run.
type operation struct {
	name   string
	root   bool // has no inputs: a download, or files that are written
	cached bool
	runs   []interval
}

type interval struct{ from, to time.Time }

// progress is what a build reported.
type progress struct {
	operations map[string]*operation // by digest
	exports    map[string]interval   // "exporting layers", "pushing layers"
	other      strings.Builder       // what is not progress: an error's text
}

// follow reads buildx's raw progress to its end.
func follow(r io.Reader) *progress {
	p := &progress{operations: map[string]*operation{}, exports: map[string]interval{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var s client.SolveStatus
		if json.Unmarshal(lines.Bytes(), &s) != nil {
			p.other.WriteString(lines.Text() + "\n")
			continue
		}
		for _, v := range s.Vertexes {
			p.add(v)
		}
		for _, v := range s.Statuses {
			if v.Started != nil && v.Completed != nil {
				p.exports[v.ID] = interval{*v.Started, *v.Completed}
			}
		}
	}
	return p
}

func (p *progress) add(v *client.Vertex) {
	id := v.Digest.String()
	o := p.operations[id]
	if o == nil {
		o = &operation{name: v.Name, root: len(v.Inputs) == 0}
		p.operations[id] = o
	}
	o.cached = o.cached || v.Cached
	if v.Started == nil {
		return
	}
	i := slices.IndexFunc(o.runs, func(r interval) bool { return r.from.Equal(*v.Started) })
	if i < 0 {
		i = len(o.runs)
		o.runs = append(o.runs, interval{from: *v.Started, to: *v.Started})
	}
	if v.Completed != nil {
		o.runs[i].to = *v.Completed
	}
}

// ran is when the operation itself ran, nothing where its result was there. Of an
// operation without inputs BuildKit reports the making of its cache key as a run too,
// before.
func (o *operation) ran() []interval {
	switch {
	case o.cached || len(o.runs) == 0:
		return nil
	case o.root:
		return o.runs[1:]
	}
	return o.runs
}

// kind is the bracketed word of an operation of ours: "install", "compile" …; ""
// for BuildKit's own.
func (o *operation) kind() string {
	rest, ok := strings.CutPrefix(o.name, "[")
	if !ok || strings.HasPrefix(rest, "internal]") || strings.HasPrefix(rest, "auth]") {
		return ""
	}
	word, _, _ := strings.Cut(rest, "]")
	word, _, _ = strings.Cut(word, " ")
	return word
}

// onDependencies says whether the operation is about packages, not the project.
func (o *operation) onDependencies() bool {
	return slices.Contains([]string{"locate", "fetch", "build", "overlaps", "install", "compile"}, o.kind()) && o.name != "[compile] project"
}

// count is how many operations of ours there are that a condition holds for.
func (p *progress) count(is func(*operation) bool) (n int) {
	for _, o := range p.operations {
		if o.kind() != "" && is(o) {
			n++
		}
	}
	return n
}
