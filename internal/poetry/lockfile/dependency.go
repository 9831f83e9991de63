package lockfile

import (
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// dependencies reads one key of [package.dependencies]: a constraint, a table, or
// a list of those.
func (p *parser) dependencies(e source.Entry) []Dependency {
	values := []*source.Value{e.Value}
	if e.Value.Kind == source.Array {
		values = e.Value.Items
	}
	var all []Dependency
	for _, v := range values {
		all = append(all, p.dependency(pep508.CanonicalName(e.Key), v))
	}
	return all
}

func (p *parser) dependency(name string, v *source.Value) Dependency {
	d := Dependency{Name: name, Constraint: "*", At: v.At}
	if v.Kind == source.String {
		d.Constraint = v.Text
		return d
	}
	t := p.Table(v)
	if t == nil {
		return d
	}
	if c := p.String(t.Get("version")); c != "" {
		d.Constraint = c
	}
	d.Markers = p.String(t.Get("markers"))
	d.Python = p.String(t.Get("python"))
	d.Platform = p.String(t.Get("platform"))
	d.Optional = p.True(t.Get("optional"))
	d.Extras = p.Strings(t.Get("extras"))
	d.Git, d.Branch, d.Tag, d.Rev = p.String(t.Get("git")), p.String(t.Get("branch")), p.String(t.Get("tag")), p.String(t.Get("rev"))
	d.URL, d.Path = p.String(t.Get("url")), p.String(t.Get("path"))
	d.Subdirectory = p.String(t.Get("subdirectory"))
	d.Source = p.String(t.Get("source"))
	d.Develop = p.True(t.Get("develop"))
	return d
}
