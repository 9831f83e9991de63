package pyproject

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/names"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
)

// Documents are the texts of the project that its metadata tells.
type Documents struct {
	Readme       *string  // nil where there is none
	LicenseFiles []string // sorted paths
	License      string   // the text of Metadata.LicenseFile
}

// CoreMetadata returns the METADATA file of the installed project (poetry-core,
// masonry/metadata.py and builders/builder.py). Requirements are those of the main group.
func (p *Project) CoreMetadata(docs Documents) string {
	var b strings.Builder
	field := func(name, value string) {
		if value = names.Line(value); value != "" { // a line end would begin another field
			b.WriteString(name + ": " + value + "\n")
		}
	}
	m := p.Metadata
	field("Metadata-Version", "2.4")
	field("Name", p.Name.Value)
	field("Version", p.NormalVersion())
	b.WriteString("Summary: " + p.Summary() + "\n")
	id, _ := licenseOf(cmp.Or(m.License, docs.License))
	if id != "" {
		b.WriteString("License: " + indented(id) + "\n")
	}
	field("License-Expression", m.LicenseExpression)
	for _, f := range docs.LicenseFiles {
		field("License-File", f)
	}
	field("Keywords", strings.Join(m.Keywords, ","))
	person(field, "Author", m.Authors)
	person(field, "Maintainer", m.Maintainers)
	field("Requires-Python", p.requiresPython())
	for _, c := range p.classifiers(docs.License) {
		field("Classifier", c)
	}
	for _, e := range p.extraNames() {
		field("Provides-Extra", e)
	}
	for _, r := range p.requirementLines() {
		field("Requires-Dist", r)
	}
	for _, u := range sortedURLs(m.URLs) {
		if public := address.Public(u.URL); public != "" || u.URL == "" {
			field("Project-URL", u.Label+", "+public)
		}
	}
	field("Description-Content-Type", p.readmeType())
	if docs.Readme != nil {
		b.WriteString("\n" + *docs.Readme + "\n")
	}
	return b.String()
}

// NormalVersion returns the version as PEP 440 spells it.
func (p *Project) NormalVersion() string {
	v, err := pep440.ParseVersion(p.Version.Value)
	if err != nil {
		return p.Version.Value
	}
	return v.String()
}

// Summary returns the description in one line.
func (p *Project) Summary() string { return names.Line(p.Description) }

// indented keeps a text of several lines in its field.
func indented(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = names.Line(line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n         "))
}

// person writes the first of several people, as Poetry does.
func person(field func(name, value string), role string, all []string) {
	if len(all) == 0 {
		return
	}
	name, mail, _ := strings.Cut(all[0], " <")
	field(role, name)
	field(role+"-email", strings.TrimSuffix(mail, ">"))
}

// requiresPython returns [project]'s text, else tool.poetry's constraint as a PEP 440
// specifier (poetry-core, version/helpers.py, format_python_constraint).
func (p *Project) requiresPython() string {
	if own := p.Metadata.RequiresPython; own != "" && own != "*" {
		return own
	}
	written := p.Python.Value
	if written == "*" {
		return ""
	}
	c, err := pep440.ParseMarkerConstraint(written)
	if err != nil {
		return written
	}
	ranges := c.Ranges()
	if len(ranges) != 1 {
		return withoutMinors(c)
	}
	if r := ranges[0]; r.IsVersion() {
		switch v := *r.Min; v.Precision() {
		case 1:
			return fmt.Sprintf(">=%s,<%d.0", v.Padded(2), v.Major()+1)
		case 2:
			return fmt.Sprintf(">=%s,<%d.%d", v, v.Major(), v.Minor()+1)
		default:
			return "==" + v.String()
		}
	}
	return rangeSpecifier(ranges[0])
}

func rangeSpecifier(r pep440.Range) string {
	var all []string
	if r.Min != nil {
		all = append(all, map[bool]string{true: ">=", false: ">"}[r.IncludeMin]+r.Min.String())
	}
	if r.Max != nil {
		all = append(all, map[bool]string{true: "<=", false: "<"}[r.IncludeMax]+r.Max.String())
	}
	return strings.Join(all, ",")
}

// withoutMinors writes alternatives as a lower bound and the minors left out.
func withoutMinors(c pep440.Constraint) string {
	var low string
	var out []string
	for _, minor := range pythonMinors {
		if m, err := pep440.ParseConstraint(minor + ".*"); err != nil || !c.AllowsAny(m) {
			out = append(out, "!="+minor+".*")
		} else if low == "" {
			low = minor
		}
	}
	if low != "" {
		out = append([]string{">=" + low}, out...)
	}
	return strings.Join(out, ", ")
}

// pythonMinors are those that poetry-core knows of.
var pythonMinors = func() []string {
	all := []string{"2.7"}
	for minor := range 16 {
		all = append(all, fmt.Sprintf("3.%d", minor))
	}
	return all
}()

const pythonClassifier = "Programming Language :: Python"

// classifiers returns [project]'s classifiers unchanged. Those of tool.poetry are sorted and
// get the ones for the license and the Python versions (poetry-core, packages/package.py,
// all_classifiers).
func (p *Project) classifiers(licenseText string) []string {
	if p.Metadata.StaticClassifiers {
		return p.Metadata.Classifiers
	}
	own := slices.Clone(p.Metadata.Classifiers)
	if _, c := licenseOf(cmp.Or(p.Metadata.License, licenseText)); c != "" {
		own = append(own, c)
	}
	pythons := p.pythonClassifiers()
	own = slices.DeleteFunc(own, func(c string) bool { return slices.Contains(pythons, c) })
	sort.Strings(own)
	own = slices.Compact(own)
	at, _ := slices.BinarySearch(own, pythonClassifier+"\x00")
	return slices.Insert(own, at, pythons...)
}

func (p *Project) pythonClassifiers() []string {
	written := p.Python.Value
	if written == "*" {
		written = "~2.7 || ^3.4"
	}
	c, err := pep440.ParseConstraint(written)
	if err != nil {
		return nil
	}
	var all []string
	major := ""
	for _, minor := range pythonMinors {
		if minor[:1] != major {
			major = minor[:1]
			if m, err := pep440.ParseConstraint(major + ".*"); err == nil && c.AllowsAny(m) {
				all = append(all, pythonClassifier+" :: "+major)
			}
		}
		v, err := pep440.ParseVersion(minor)
		if err == nil && c.Allows(v) && !slices.Contains(unclassified, minor) {
			all = append(all, pythonClassifier+" :: "+minor)
		}
	}
	return all
}

// unclassified are old minors that poetry-core has no classifier for.
var unclassified = []string{"3.0", "3.1", "3.2", "3.3"}

func (p *Project) extraNames() []string {
	var all []string
	for _, e := range p.Extras {
		all = append(all, e.Name)
	}
	sort.Strings(all)
	return slices.Compact(all)
}

// sortedURLs sorts by the first letter only, as poetry-core does.
func sortedURLs(urls []URL) []URL {
	urls = slices.Clone(urls)
	first := func(u URL) string { return string([]rune(u.Label + " ")[:1]) }
	sort.SliceStable(urls, func(i, j int) bool { return first(urls[i]) < first(urls[j]) })
	return urls
}

func (p *Project) readmeType() string {
	if p.Metadata.ReadmeType != "" || len(p.Readme) == 0 {
		return p.Metadata.ReadmeType
	}
	switch path.Ext(p.Readme[0]) {
	case ".md", ".markdown":
		return "text/markdown"
	case ".rst":
		return "text/x-rst"
	}
	return "text/plain"
}
