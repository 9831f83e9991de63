package pyproject

import (
	"strings"

	"github.com/quatrain-build/quatrain/internal/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// requirements reads an array of PEP 508 strings; extra is the extra that they
// belong to, "" for none.
func (p *parser) requirements(v *source.Value, extra string) []Dependency {
	var all []Dependency
	for _, t := range p.Texts(v) {
		all = append(all, p.requirement(t, extra)...)
	}
	return all
}

func (p *parser) requirement(t source.Text, extra string) []Dependency {
	r, err := pep508.ParseRequirement(t.Value)
	if err != nil {
		p.add(source.Errorf(t.At, "requirement %q: %v", t.Value, err))
		return nil
	}
	d := Dependency{
		Name: pep508.CanonicalName(r.Name), PrettyName: r.Name, Constraint: r.Constraint,
		Marker: r.Marker, Extras: canonical(r.Extras), At: t.At,
	}
	if d.Constraint == "" {
		d.Constraint = "*"
	}
	if extra != "" {
		d.Optional, d.InExtras = true, []string{extra}
	}
	d.setURL(r.URL)
	return []Dependency{d}
}

// setURL tells a direct reference's kinds apart.
func (d *Dependency) setURL(url string) {
	if url == "" {
		return
	}
	place, fragment, _ := strings.Cut(url, "#")
	for _, f := range strings.Split(fragment, "&") {
		if sub, ok := strings.CutPrefix(f, "subdirectory="); ok {
			d.Subdirectory = sub
		}
	}
	git, isGit := strings.CutPrefix(place, "git+")
	switch {
	case isGit:
		d.Git, d.Rev = splitRevision(git)
	case strings.HasPrefix(place, "file:"):
		d.Path = strings.TrimPrefix(strings.TrimPrefix(place, "file://"), "file:")
	default:
		d.URL = place
	}
}

// splitRevision cuts "@rev" off a git URL; an "@" before the path is a user's.
func splitRevision(url string) (place, revision string) {
	path := strings.Index(url, "://") + 1
	if path > 0 {
		path += 2
		path += max(strings.IndexByte(url[path:], '/'), 0)
	} else {
		path = max(strings.IndexByte(url, ':'), 0) // git@host:path
	}
	if at := strings.LastIndexByte(url[path:], '@'); at > 0 {
		return url[:path+at], url[path+at+1:]
	}
	return url, ""
}

// dependencyTable reads a table of Poetry dependencies, without `python`.
func (p *parser) dependencyTable(t *source.Table) []Dependency {
	var all []Dependency
	for _, e := range entriesOf(t) {
		if e.Key == "python" {
			continue
		}
		values := []*source.Value{e.Value}
		if e.Value.Kind == source.Array {
			values = e.Value.Items
		}
		for _, v := range values {
			d := p.dependency(v)
			p.checkConstraint(source.Text{Value: d.Constraint, At: d.At}, "dependency "+e.Key)
			d.Name, d.PrettyName = pep508.CanonicalName(e.Key), e.Key
			if d.At.IsZero() {
				d.At = e.KeyAt
			}
			all = append(all, d)
		}
	}
	return all
}

func (p *parser) dependency(v *source.Value) Dependency {
	d := Dependency{Constraint: "*", At: v.At}
	if v.Kind == source.String {
		d.Constraint = v.Text
		return d
	}
	t := p.Table(v)
	p.checkConstraint(p.Text(t.Get("python")), "python")
	p.checkMarker(p.Text(t.Get("markers")))
	if c := p.String(t.Get("version")); c != "" {
		d.Constraint = c
	}
	d.Optional = p.True(t.Get("optional"))
	d.Extras = canonical(p.Strings(t.Get("extras")))
	d.Source = p.String(t.Get("source"))
	d.Git, d.Branch, d.Tag, d.Rev = p.String(t.Get("git")), p.String(t.Get("branch")), p.String(t.Get("tag")), p.String(t.Get("rev"))
	d.URL, d.Path = p.String(t.Get("url")), p.String(t.Get("path"))
	if f := p.String(t.Get("file")); f != "" {
		d.Path = f
	}
	d.Subdirectory = p.String(t.Get("subdirectory"))
	d.Develop = p.True(t.Get("develop"))
	d.AllowPrereleases = p.True(t.Get("allow-prereleases"))
	d.Marker = bothMarkers(textOf(t.Get("markers")), bothMarkers(
		pythonMarker(textOf(t.Get("python"))), platformMarker(p.String(t.Get("platform")))))
	return d
}

// textOf is a string that was read, and complained of, before.
func textOf(v *source.Value) string {
	if v == nil || v.Kind != source.String {
		return ""
	}
	return v.Text
}

func (p *parser) checkMarker(t source.Text) {
	if _, err := pep508.ParseMarker(t.Value); err != nil {
		p.add(source.Errorf(t.At, "marker %q: %v", t.Value, err))
	}
}

// platformMarker folds a `platform` key: alternatives of sys_platform. "!darwin"
// is taken literally, as poetry-core does: it never holds.
func platformMarker(platform string) string {
	if platform == "" || platform == "*" {
		return ""
	}
	var either []string
	for _, p := range alternatives(platform) {
		either = append(either, `sys_platform == "`+p+`"`)
	}
	return strings.Join(either, " or ")
}

func canonical(names []string) []string {
	var all []string
	for _, n := range names {
		all = append(all, pep508.CanonicalName(n))
	}
	return all
}
