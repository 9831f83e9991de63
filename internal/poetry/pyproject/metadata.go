package pyproject

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/source"
)

func (p *parser) metadata() {
	m := &p.project.Metadata
	p.license()
	p.licenseFiles()
	m.Authors, m.Maintainers = p.people("authors"), p.people("maintainers")
	m.Keywords = p.Strings(p.either("keywords"))
	m.Classifiers = p.Strings(p.either("classifiers"))
	static := p.pep621.Get("classifiers")
	m.StaticClassifiers = static != nil && !isEmpty(static)
	m.DynamicVersion = p.dynamic("version")
	m.URLs = p.urls()
	if v := p.pep621.Get("readme"); v != nil && v.Kind == source.TableKind {
		m.ReadmeText = p.String(v.Table.Get("text"))
		m.ReadmeType = p.String(v.Table.Get("content-type"))
	}
}

// wellKnown are the labels that poetry-core writes first, in this order.
var wellKnown = []string{"Homepage", "Repository", "Documentation"}

// urls returns [project.urls], else those of [tool.poetry].
func (p *parser) urls() []URL {
	own := p.Table(p.pep621.Get("urls"))
	custom := p.Table(p.poetry.Get("urls"))
	known := map[string]string{}
	if len(entriesOf(own)) > 0 {
		custom = own
		for _, e := range entriesOf(own) {
			known[strings.ToLower(e.Key)] = p.String(e.Value)
		}
	} else {
		for _, label := range wellKnown {
			known[strings.ToLower(label)] = p.String(p.poetry.Get(strings.ToLower(label)))
		}
	}
	var all []URL
	for _, label := range wellKnown {
		if url := known[strings.ToLower(label)]; url != "" {
			all = append(all, URL{Label: label, URL: url})
		}
	}
	for _, e := range entriesOf(custom) {
		i := slices.IndexFunc(all, func(u URL) bool { return u.Label == e.Key })
		switch {
		case i >= 0:
			all[i].URL = textOf(e.Value)
		case custom != own || !slices.ContainsFunc(wellKnown, func(l string) bool { return strings.EqualFold(l, e.Key) }):
			all = append(all, URL{Label: e.Key, URL: p.String(e.Value)})
		}
	}
	return all
}

// license tells the SPDX expression of [project] from the older forms.
func (p *parser) license() {
	m := &p.project.Metadata
	v := p.pep621.Get("license")
	switch {
	case v == nil || isEmpty(v):
		m.License = p.String(p.poetry.Get("license"))
	case v.Kind == source.TableKind:
		m.License = p.String(v.Table.Get("text"))
		if m.License == "" {
			m.LicenseFile = p.String(v.Table.Get("file"))
		}
	default:
		expression, err := licenseExpression(p.String(v))
		if err != nil { // Poetry warns, and takes it for free text
			m.License = p.String(v)
		}
		m.LicenseExpression = expression
	}
}

// licenseFiles tells an empty list, which means none, from no list.
func (p *parser) licenseFiles() {
	v := p.pep621.Get("license-files")
	if v == nil {
		return
	}
	patterns := append([]source.Text{}, p.Texts(v)...)
	for _, f := range patterns {
		if !fs.ValidPath(f.Value) || strings.Contains(f.Value, "\\") {
			p.add(source.Errorf(f.At, "license file pattern %q does not stay in the project", f.Value))
		}
	}
	p.project.Metadata.LicenseFiles = patterns
}

// people reads both forms: {name, email} tables and "Name <mail>" strings.
func (p *parser) people(key string) []string {
	v := p.either(key)
	if v == nil || v.Kind != source.Array {
		p.Texts(v) // says what is wrong
		return nil
	}
	var all []string
	for _, item := range v.Items {
		if item.Kind != source.TableKind {
			all = append(all, p.String(item))
			continue
		}
		name, mail := p.String(item.Table.Get("name")), p.String(item.Table.Get("email"))
		switch {
		case name == "":
			name = mail
		case mail != "":
			name += " <" + mail + ">"
		}
		all = append(all, name)
	}
	return all
}
