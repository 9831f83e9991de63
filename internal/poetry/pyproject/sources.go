package pyproject

import (
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/source"
)

// sources reads [[tool.poetry.source]] (poetry/factory.py, create_pool). The keys and
// priorities of Poetry 1 are read too.
func (p *parser) sources() {
	for _, t := range p.Tables(p.poetry.Get("source")) {
		s := Source{Name: p.String(t.Get("name")), URL: p.String(t.Get("url")), Priority: p.String(t.Get("priority")), At: t.At}
		if p.True(t.Get("default")) {
			s.Priority = "default"
		}
		if p.True(t.Get("secondary")) {
			s.Priority = "secondary"
		}
		if s.Priority == "" {
			s.Priority = "primary"
		}
		p.checkSource(s)
		p.project.Sources = append(p.project.Sources, s)
	}
	p.checkPrimary()
}

var priorities = []string{"primary", "supplemental", "explicit", "default", "secondary"}

func (p *parser) checkSource(s Source) {
	same := func(o Source) bool { return strings.EqualFold(o.Name, s.Name) }
	switch {
	case s.Name == "":
		p.add(source.Errorf(s.At, "a source has no name"))
	case slices.ContainsFunc(p.project.Sources, same):
		p.add(source.Errorf(s.At, "two sources are named %s", s.Name))
	case s.IsPyPI() && s.URL != "":
		p.add(source.Errorf(s.At, "the source PyPI cannot have a url").WithHint("Give it another name."))
	case !s.IsPyPI() && s.URL == "":
		p.add(source.Errorf(s.At, "source %s has no url", s.Name))
	case !slices.Contains(priorities, s.Priority):
		p.add(source.Errorf(s.At, "source %s: unknown priority %q", s.Name, s.Priority).
			WithHint("The priorities are: %s.", strings.Join(priorities[:3], ", ")))
	}
}

// checkPrimary refuses PyPI as an explicit source where there is no other: then no
// package could come from anywhere.
func (p *parser) checkPrimary() {
	all := p.project.Sources
	i := slices.IndexFunc(all, Source.IsPyPI)
	if i >= 0 && !slices.ContainsFunc(all, func(s Source) bool { return s.Priority != "explicit" }) {
		p.add(source.Errorf(all[i].At, "every source is explicit, including PyPI").
			WithHint("Remove the priority of one source."))
	}
}

// IsPyPI reports whether a source is PyPI, which has no url of its own.
func (s Source) IsPyPI() bool { return strings.EqualFold(s.Name, "pypi") }
