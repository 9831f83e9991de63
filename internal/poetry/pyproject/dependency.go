package pyproject

import (
	"regexp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
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
	d.activateBy(r.Marker)
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
		if isPython(e.Key) {
			continue
		}
		values := []*source.Value{e.Value}
		if e.Value.Kind == source.Array {
			values = e.Value.Items
		}
		if len(values) == 0 {
			p.add(source.Errorf(e.KeyAt, "dependency %s has no constraint", e.Key))
		}
		for _, v := range values {
			d := p.dependency(e.Key, v)
			if d.At.IsZero() {
				d.At = e.KeyAt
			}
			if _, err := pep440.ParseConstraint(d.Constraint); err != nil {
				p.add(source.Errorf(d.At, "dependency %s: %v", e.Key, err))
			}
			d.Name, d.PrettyName = pep508.CanonicalName(e.Key), e.Key
			if d.Name == pep508.CanonicalName(p.project.Name.Value) && d.Name != "" {
				p.add(source.Errorf(e.KeyAt, "the project %s depends on itself", p.project.Name.Value))
			}
			all = append(all, d)
		}
	}
	return all
}

// isPython reports whether a dependency's name is Python's.
func isPython(name string) bool { return strings.EqualFold(name, "python") }

func (p *parser) dependency(name string, v *source.Value) Dependency {
	d := Dependency{Constraint: "*", At: v.At}
	if v.Kind == source.String {
		d.Constraint = v.Text
		return d
	}
	t := p.Table(v)
	p.checkKeys(name, t)
	p.checkPythonKey(p.Text(t.Get("python")))
	p.checkMarker(p.Text(t.Get("markers")))
	if c := t.Get("version"); c != nil {
		d.Constraint = p.String(c)
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
	platform := p.Text(t.Get("platform"))
	here := platformMarker(platform.Value)
	if !markerOf(here).Possible(p.work) {
		p.add(source.Errorf(platform.At, "platform: no platform is %q", platform.Value))
	}
	d.Marker = bothMarkers(textOf(t.Get("markers")), bothMarkers(pythonMarker(textOf(t.Get("python"))), here))
	d.activateBy(textOf(t.Get("markers")))
	return d
}

// dependencyKinds are the keys of each kind of dependency, the first of which makes
// it that kind (poetry-core, json/schemas/poetry-schema.json). The last kind has no
// such key: it only adds to what [project] says.
var dependencyKinds = [][]string{
	{"version", "allow-prereleases", "allows-prereleases", "optional", "extras", "source"},
	{"git", "branch", "tag", "rev", "subdirectory", "allow-prereleases", "allows-prereleases", "optional", "extras", "develop"},
	{"file", "subdirectory", "optional", "extras"},
	{"path", "subdirectory", "optional", "extras", "develop"},
	{"url", "subdirectory", "optional", "extras"},
	{"", "allow-prereleases", "source", "develop"},
}

var everyKind = []string{"python", "platform", "markers"}

// checkKeys refuses keys that a dependency of its kind does not have.
func (p *parser) checkKeys(name string, t *source.Table) {
	i := slices.IndexFunc(dependencyKinds, func(keys []string) bool { return keys[0] == "" || t.Get(keys[0]) != nil })
	known := append(slices.Clone(dependencyKinds[i]), everyKind...)
	for _, e := range entriesOf(t) {
		if slices.Contains(known, e.Key) {
			continue
		}
		err := source.Errorf(e.KeyAt, "dependency %s cannot have the key %q", name, e.Key)
		if near := source.Nearest(e.Key, known); near != "" {
			err = err.WithHint("Did you mean %q?", near)
		} else if known[0] == "" {
			err = err.WithHint("A dependency has one of version, git, path, file and url.")
		} else {
			err = err.WithHint("With %s go: %s.", known[0], strings.Join(known[1:], ", "))
		}
		p.add(err)
	}
}

// activateBy makes a dependency optional whose marker asks for extras, and puts it
// into those (poetry-core, packages/dependency.py, marker).
func (d *Dependency) activateBy(marker string) {
	m, err := pep508.ParseMarker(marker)
	if err != nil || !m.AsksExtras() {
		return
	}
	d.Optional = true
	for _, x := range m.Extras() {
		if !slices.Contains(d.InExtras, x) {
			d.InExtras = append(d.InExtras, x)
		}
	}
}

// textOf returns a string whose errors were already reported.
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

// platformMarker folds a `platform` key (poetry-core, constraints/generic/parser.py):
// alternatives of what sys_platform is, or is not. "!darwin" is taken literally, as
// there: it never holds.
func platformMarker(platform string) string {
	if platform == "" || platform == "*" {
		return ""
	}
	var either []string
	for _, alternative := range alternatives(platform) {
		var all []string
		for _, one := range strings.Split(alternative, ",") {
			m := platformPattern.FindStringSubmatch(strings.TrimSpace(one))
			if m == nil {
				return "<empty>"
			}
			op := "=="
			if m[1] == "!=" {
				op = m[1]
			}
			all = append(all, `sys_platform `+op+` "`+m[2]+`"`)
		}
		either = append(either, strings.Join(all, " and "))
	}
	return strings.Join(either, " or ")
}

var platformPattern = regexp.MustCompile(`^(!=|==?=?)?\s*([^"]+?)$`)

func canonical(names []string) []string {
	var all []string
	for _, n := range names {
		all = append(all, pep508.CanonicalName(n))
	}
	return all
}
