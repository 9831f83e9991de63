package pyproject

import (
	"strconv"
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
	git, isGit := strings.CutPrefix(url, "git+")
	switch {
	case url == "":
	case isGit:
		git, fragment, _ := strings.Cut(git, "#")
		if at := strings.LastIndex(git, "@"); at > strings.Index(git, "://")+3 {
			git, d.Rev = git[:at], git[at+1:]
		}
		d.Git = git
		d.Subdirectory, _ = strings.CutPrefix(fragment, "subdirectory=")
	case strings.HasPrefix(url, "file:"):
		d.Path = strings.TrimPrefix(strings.TrimPrefix(url, "file://"), "file:")
	default:
		d.URL, _, _ = strings.Cut(url, "#")
	}
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
	d.Marker = bothMarkers(p.String(t.Get("markers")), bothMarkers(
		pythonMarker(p.String(t.Get("python"))), platformMarker(p.String(t.Get("platform")))))
	return d
}

// pythonMarker folds a `python` key into a marker. The constraint stays in
// Poetry's notation: pep508 evaluates python_version against any of it.
func pythonMarker(constraint string) string {
	if constraint == "" || constraint == "*" {
		return ""
	}
	// A space between an operator and its version does not separate: "< 3.8".
	constraint = strings.NewReplacer("< ", "<", "> ", ">", "= ", "=", "^ ", "^", "~ ", "~").Replace(constraint)
	var any []string
	for _, alt := range strings.Split(strings.ReplaceAll(constraint, "||", "|"), "|") {
		var all []string
		for _, c := range strings.FieldsFunc(alt, func(r rune) bool { return r == ',' || r == ' ' }) {
			all = append(all, versionMarkers(c)...)
		}
		any = append(any, strings.Join(all, " and "))
	}
	if len(any) == 1 {
		return any[0]
	}
	return "(" + strings.Join(any, ") or (") + ")"
}

// versionMarkers writes one constraint as markers; ^ and ~ become their bounds.
func versionMarkers(c string) []string {
	marker := func(op, v string) string {
		if strings.Count(v, ".") > 1 && !strings.HasSuffix(v, ".*") {
			return `python_full_version ` + op + ` "` + v + `"`
		}
		return `python_version ` + op + ` "` + v + `"`
	}
	switch {
	case strings.HasPrefix(c, "^"):
		v := c[1:]
		major, _, _ := strings.Cut(v, ".")
		return []string{marker(">=", v), marker("<", next(major))}
	case strings.HasPrefix(c, "~") && !strings.HasPrefix(c, "~="):
		v := c[1:]
		parts := strings.Split(v, ".")
		if len(parts) == 1 {
			return []string{marker(">=", v), marker("<", next(v))}
		}
		return []string{marker(">=", v), marker("<", parts[0]+"."+next(parts[1]))}
	}
	for _, op := range []string{">=", "<=", "==", "!=", "~=", ">", "<"} {
		if v, ok := strings.CutPrefix(c, op); ok {
			return []string{marker(op, v)}
		}
	}
	return []string{marker("==", c)}
}

// next counts a number up.
func next(digits string) string {
	n := 0
	for _, r := range digits {
		if r < '0' || r > '9' {
			break
		}
		n = n*10 + int(r-'0')
	}
	return strconv.Itoa(n + 1)
}

// platformMarker folds a `platform` key: alternatives of sys_platform. "!darwin"
// is taken literally, as poetry-core does: it never holds.
func platformMarker(platform string) string {
	if platform == "" || platform == "*" {
		return ""
	}
	var any []string
	for _, p := range strings.Split(strings.ReplaceAll(platform, "||", "|"), "|") {
		any = append(any, `sys_platform == "`+strings.TrimSpace(p)+`"`)
	}
	return strings.Join(any, " or ")
}

func canonical(names []string) []string {
	var all []string
	for _, n := range names {
		all = append(all, pep508.CanonicalName(n))
	}
	return all
}
