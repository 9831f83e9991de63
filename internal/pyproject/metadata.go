package pyproject

import (
	"sort"
	"strings"

	"github.com/quatrain-build/quatrain/internal/source"
)

func (p *parser) metadata() {
	m := &p.project.Metadata
	m.License = p.license()
	m.Authors, m.Maintainers = p.people("authors"), p.people("maintainers")
	m.Keywords = p.Strings(p.either("keywords"))
	m.Classifiers = p.Strings(p.either("classifiers"))
	m.DynamicVersion = p.dynamic("version")
	urls := p.Table(p.pep621.Get("urls"))
	if urls == nil {
		for _, k := range []string{"homepage", "repository", "documentation"} {
			if v := p.String(p.poetry.Get(k)); v != "" {
				m.URLs = append(m.URLs, URL{Label: strings.ToUpper(k[:1]) + k[1:], URL: v})
			}
		}
		urls = p.Table(p.poetry.Get("urls"))
	}
	for _, e := range entriesOf(urls) {
		m.URLs = append(m.URLs, URL{Label: e.Key, URL: p.String(e.Value)})
	}
}

func (p *parser) license() string {
	v := p.either("license")
	if v != nil && v.Kind == source.TableKind {
		return p.String(v.Table.Get("text"))
	}
	return p.String(v)
}

// people reads both forms: {name, email} tables and "Name <mail>" strings.
func (p *parser) people(key string) []string {
	v := p.either(key)
	if v == nil {
		return nil
	}
	var all []string
	for _, item := range v.Items {
		if item.Kind != source.TableKind {
			all = append(all, p.String(item))
			continue
		}
		name, mail := p.String(item.Table.Get("name")), p.String(item.Table.Get("email"))
		if mail != "" {
			name = strings.TrimSpace(name + " <" + mail + ">")
		}
		all = append(all, name)
	}
	return all
}

// CoreMetadata is the METADATA file of the installed project (core metadata 2.1;
// poetry-core, masonry/metadata.py). Requirements are those of the main group.
func (p *Project) CoreMetadata(readme string) string {
	var b strings.Builder
	field := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + strings.ReplaceAll(value, "\n", "\n        ") + "\n")
		}
	}
	m := p.Metadata
	field("Metadata-Version", "2.1")
	field("Name", p.Name.Value)
	field("Version", p.Version.Value)
	field("Summary", oneLine(p.Description))
	field("License", m.License)
	field("Keywords", strings.Join(m.Keywords, ","))
	people(field, "Author", m.Authors)
	people(field, "Maintainer", m.Maintainers)
	field("Requires-Python", strings.ReplaceAll(p.requiresPython(), " ", ""))
	for _, c := range m.Classifiers {
		field("Classifier", c)
	}
	for _, e := range p.Extras {
		field("Provides-Extra", e.Name)
	}
	for _, r := range p.requirementLines() {
		field("Requires-Dist", r)
	}
	urls := m.URLs
	sort.SliceStable(urls, func(i, j int) bool { return urls[i].Label < urls[j].Label })
	for _, u := range urls {
		field("Project-URL", u.Label+", "+u.URL)
	}
	field("Description-Content-Type", contentType(p.Readme))
	b.WriteString("\n")
	if readme != "" {
		b.WriteString(readme + "\n")
	}
	return b.String()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func people(field func(name, value string), role string, all []string) {
	if len(all) == 0 {
		return
	}
	name, mail, _ := strings.Cut(all[0], " <")
	field(role, name)
	field(role+"-email", strings.TrimSuffix(mail, ">"))
}

// requiresPython is a PEP 440 specifier: Poetry's ^ and ~ become their bounds.
func (p *Project) requiresPython() string {
	if p.Python.Value == "*" {
		return ""
	}
	return specifier(p.Python.Value)
}

func (p *Project) requirementLines() []string {
	var all []string
	for _, g := range p.Groups {
		if g.Name != "main" {
			continue
		}
		for _, d := range g.Dependencies {
			all = append(all, requirementLine(d))
		}
	}
	sort.Strings(all)
	return all
}

func requirementLine(d Dependency) string {
	line := d.PrettyName
	if len(d.Extras) > 0 {
		line += "[" + strings.Join(d.Extras, ",") + "]"
	}
	switch {
	case d.Git != "":
		line += " @ git+" + d.Git
	case d.URL != "":
		line += " @ " + d.URL
	case d.Constraint != "*":
		line += " (" + specifier(d.Constraint) + ")"
	}
	marker := d.Marker
	if len(d.InExtras) > 0 {
		var extras []string
		for _, e := range d.InExtras {
			extras = append(extras, `extra == "`+e+`"`)
		}
		marker = bothMarkers(marker, strings.Join(extras, " or "))
	}
	if marker != "" {
		line += " ; " + marker
	}
	return line
}

// specifier writes a Poetry constraint as a PEP 440 specifier. Alternatives have
// no such form and stay as they are.
func specifier(constraint string) string {
	if strings.Contains(constraint, "|") {
		return constraint
	}
	var all []string
	for _, c := range strings.Split(constraint, ",") {
		all = append(all, bounds(strings.TrimSpace(c))...)
	}
	return strings.Join(all, ",")
}

func bounds(c string) []string {
	switch {
	case strings.HasPrefix(c, "^"):
		parts := strings.Split(c[1:], ".")
		for i, part := range parts {
			if part != "0" || i == len(parts)-1 {
				upper := append(append([]string{}, parts[:i]...), next(part))
				for len(upper) < len(parts) {
					upper = append(upper, "0")
				}
				return []string{">=" + c[1:], "<" + strings.Join(upper, ".")}
			}
		}
	case strings.HasPrefix(c, "~") && !strings.HasPrefix(c, "~="):
		parts := strings.Split(c[1:], ".")
		i := min(1, len(parts)-1)
		upper := append(append([]string{}, parts[:i]...), next(parts[i]))
		for len(upper) < len(parts) {
			upper = append(upper, "0")
		}
		return []string{">=" + c[1:], "<" + strings.Join(upper, ".")}
	case c != "" && c[0] >= '0' && c[0] <= '9':
		return []string{"==" + c}
	}
	return []string{c}
}

func contentType(readme []string) string {
	if len(readme) == 0 {
		return ""
	}
	switch {
	case strings.HasSuffix(readme[0], ".md"):
		return "text/markdown"
	case strings.HasSuffix(readme[0], ".rst"):
		return "text/x-rst"
	}
	return "text/plain"
}
