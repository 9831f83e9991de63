package pyproject

import (
	"errors"
	"strings"

	"github.com/quatrain-build/quatrain/internal/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Parse reads a pyproject.toml. All that is wrong is collected and joined, each
// with its place. Warnings are about what is read but has no effect.
func Parse(f *source.File) (*Project, []*source.Error, error) {
	root, err := source.ParseTOML(f)
	if err != nil {
		return nil, nil, err
	}
	p := &parser{project: &Project{File: f, Root: root}}
	p.poetry = p.Table(root.Get("tool", "poetry"))
	p.pep621 = p.Table(root.Get("project"))
	if p.poetry == nil && p.pep621 == nil {
		p.add(source.Errorf(source.Whole(f), "there is neither a [project] nor a [tool.poetry] table").
			WithHint("Quatrain builds Poetry projects: run `poetry init`."))
	}
	p.identity()
	p.python()
	p.groups()
	p.extras()
	p.scripts()
	p.sources()
	p.layout()
	p.metadata()
	config, err := ParseConfig(p.Table(root.Get("tool", "quatrain")))
	p.project.Quatrain = config
	return p.project, p.warnings, errors.Join(append(p.Errs, err)...)
}

type parser struct {
	source.Reader
	project        *Project
	poetry, pep621 *source.Table // nil where they are not
	warnings       []*source.Error
}

func (p *parser) add(err error) { p.Errs = append(p.Errs, err) }

// either is a key of [project], else of [tool.poetry].
func (p *parser) either(key string) *source.Value {
	if v := p.pep621.Get(key); v != nil {
		return v
	}
	return p.poetry.Get(key)
}

func (p *parser) identity() {
	o := p.project
	o.Name, o.Version = p.Text(p.either("name")), p.Text(p.either("version"))
	o.Description = p.String(p.either("description"))
	mode := p.Bool(p.poetry.Get("package-mode"))
	o.PackageMode = mode == nil || *mode
	o.Readme = p.readme()
	if !o.PackageMode {
		return
	}
	if o.Name.Value == "" {
		p.add(source.Errorf(source.Whole(o.File), "the project has no name").
			WithHint("Set `name` in [project], or package-mode = false in [tool.poetry] if there is nothing to install."))
	}
	if o.Version.Value == "" && !p.dynamic("version") {
		p.add(source.Errorf(o.Name.At, "the project has no version").
			WithHint("Set `version` in [project], or package-mode = false in [tool.poetry] if there is nothing to install."))
	}
	if o.Version.Value == "" {
		o.Version = p.Text(p.poetry.Get("version"))
	}
}

func (p *parser) dynamic(key string) bool {
	for _, d := range p.Strings(p.pep621.Get("dynamic")) {
		if d == key {
			return true
		}
	}
	return false
}

func (p *parser) readme() []string {
	v := p.either("readme")
	switch {
	case v == nil:
		return nil
	case v.Kind == source.Array:
		return p.Strings(v)
	case v.Kind == source.TableKind:
		if f := p.String(v.Table.Get("file")); f != "" {
			return []string{f}
		}
		return nil
	default:
		return []string{p.String(v)}
	}
}

// python is the constraint on Python: tool.poetry's, which is at least as narrow
// as requires-python, else that one.
func (p *parser) python() {
	v := p.poetry.Get("dependencies", "python")
	if v != nil && v.Kind == source.TableKind {
		v = v.Table.Get("version")
	}
	if v == nil {
		v = p.pep621.Get("requires-python")
	}
	p.project.Python = p.Text(v)
	if p.project.Python.Value == "" {
		p.project.Python.Value = "*"
	}
}

func (p *parser) scripts() {
	for _, e := range entriesOf(p.Table(p.either("scripts"))) {
		s := Script{Name: e.Key, At: e.KeyAt}
		switch e.Value.Kind {
		case source.TableKind:
			s.Reference = p.String(e.Value.Table.Get("reference"))
			s.File = p.String(e.Value.Table.Get("type")) == "file"
		default:
			s.Reference = p.String(e.Value)
		}
		if strings.ContainsAny(s.Name, "/\\\x00\n") || s.Name == "" || s.Name == "." || s.Name == ".." {
			p.add(source.Errorf(s.At, "script name %q is not a file name", s.Name))
			continue
		}
		if !s.File && !isReference(s.Reference) {
			p.warnings = append(p.warnings, source.Errorf(s.At, "script %s is left out: %q is not of the form package.module:function", s.Name, s.Reference))
			continue
		}
		p.project.Scripts = append(p.project.Scripts, s)
	}
}

// isReference checks an entry point: names that are safe to write into a launcher.
func isReference(s string) bool {
	module, attr, ok := strings.Cut(s, ":")
	attr, _, _ = strings.Cut(attr, "[")
	return ok && isDotted(strings.TrimSpace(module)) && isDotted(strings.TrimSpace(attr))
}

func isDotted(s string) bool {
	for _, part := range strings.Split(s, ".") {
		if part == "" || strings.ContainsAny(part, " \t\r\n'\"()#;\\/") {
			return false
		}
	}
	return true
}

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
		p.project.Sources = append(p.project.Sources, s)
	}
}

func (p *parser) layout() {
	for _, t := range p.Tables(p.poetry.Get("packages")) {
		p.project.Layout.Packages = append(p.project.Layout.Packages, Package{
			Include: p.String(t.Get("include")), From: p.String(t.Get("from")), At: t.At,
		})
	}
	build := p.poetry.Get("build")
	if build != nil && build.Kind == source.TableKind {
		build = build.Table.Get("script")
	}
	p.project.Layout.BuildScript = p.String(build)
	p.project.Layout.Backend = p.String(p.project.Root.Get("build-system", "build-backend"))
}

func (p *parser) extras() {
	optional := p.Table(p.pep621.Get("optional-dependencies"))
	if optional != nil || p.pep621.Get("dependencies") != nil {
		for _, e := range entriesOf(optional) {
			x := Extra{Name: pep508.CanonicalName(e.Key), At: e.KeyAt}
			for _, r := range p.Texts(e.Value) {
				if req, err := pep508.ParseRequirement(r.Value); err == nil {
					x.Dependencies = append(x.Dependencies, req.Name)
				}
			}
			p.project.Extras = append(p.project.Extras, x)
		}
		return
	}
	for _, e := range entriesOf(p.Table(p.poetry.Get("extras"))) {
		x := Extra{Name: pep508.CanonicalName(e.Key), At: e.KeyAt}
		for _, n := range p.Strings(e.Value) {
			x.Dependencies = append(x.Dependencies, pep508.CanonicalName(n))
		}
		p.project.Extras = append(p.project.Extras, x)
	}
}

func entriesOf(t *source.Table) []source.Entry {
	if t == nil {
		return nil
	}
	return t.Entries
}
