package pyproject

import (
	"errors"
	"slices"

	"github.com/quatrain-build/quatrain/internal/names"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Parse reads a pyproject.toml. All that is wrong is collected and joined, each
// with its place. Warnings are about what is read but has no effect.
func Parse(f *source.File) (*Project, []*source.Error, error) {
	root, err := source.ParseTOML(f)
	if err != nil {
		return nil, nil, err
	}
	p := &parser{work: pep508.NewWork(), project: &Project{File: f, Root: root}, members: map[string]*members{}, groupIndex: map[string]int{}, spellings: map[string]string{}}
	p.poetry = p.Table(root.Get("tool", "poetry"))
	p.pep621 = p.Table(root.Get("project"))
	if p.poetry == nil && p.pep621 == nil {
		p.add(source.Errorf(source.Whole(f), "no [project] or [tool.poetry] table").
			WithHint("Quatrain builds Poetry projects: run `poetry init`."))
	}
	p.identity()
	p.python()
	p.groups()
	p.extras()
	p.scripts()
	p.entryPoints()
	p.sources()
	p.buildConstraints()
	p.layout()
	p.metadata()
	config, err := ParseConfig(p.Table(root.Get("tool", "quatrain")))
	p.project.Quatrain = config
	if dir := config.ProjectDir; dir.Value != "" {
		p.add(source.Errorf(dir.At, "project-dir is only allowed in a stub, not in pyproject.toml"))
	}
	return p.project, p.warnings, errors.Join(append(p.Errs, err)...)
}

type parser struct {
	source.Reader
	project        *Project
	poetry, pep621 *source.Table       // nil where they are not
	members        map[string]*members // by group
	pairs          int                 // of dependencies that were enriched
	tooMany        bool                // of them: that is said once
	work           *pep508.Work        // for the questions about markers
	groupIndex     map[string]int      // of project.Groups, by name
	spellings      map[string]string   // of groups, by canonical name
	warnings       []*source.Error
}

func (p *parser) add(err error) { p.Errs = append(p.Errs, err) }

// either returns a key of [project], or that of [tool.poetry] if the first is missing or
// empty.
func (p *parser) either(key string) *source.Value {
	v := p.pep621.Get(key)
	if own := p.poetry.Get(key); v == nil || isEmpty(v) && own != nil {
		return own
	}
	return v
}

func isEmpty(v *source.Value) bool {
	return v.Text == "" && len(v.Items) == 0 && (v.Table == nil || len(v.Table.Entries) == 0)
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
	if o.Version.Value == "" && p.dynamic("version") {
		p.add(source.Errorf(p.pep621.Get("dynamic").At, "the project has no version: it is dynamic, and [tool.poetry] has none").
			WithHint("Set `version` in [tool.poetry], where Poetry wants one even if a plugin replaces it."))
	}
	if o.Name.Value != "" && !names.IsFileName(o.Name.Value) {
		p.add(source.Errorf(o.Name.At, "%q is not a valid project name", o.Name.Value).
			WithHint("Use letters and digits, with . - _ between them."))
	}
	if _, err := pep440.ParseVersion(o.Version.Value); err != nil && o.Version.Value != "" {
		p.add(source.Errorf(o.Version.At, "%q is not a version", o.Version.Value).
			WithHint("Write it as PEP 440 requires, such as 1.2.0 or 1.2.0rc1."))
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
	p.project.Layout.BuildScript = p.Text(build)
	p.project.Layout.Backend = p.String(p.project.Root.Get("build-system", "build-backend"))
}

func (p *parser) extras() {
	if p.standardExtras() {
		for _, e := range entriesOf(p.pep621.Sub("optional-dependencies")) {
			x := Extra{Name: pep508.CanonicalName(e.Key), At: e.KeyAt}
			for _, r := range e.Value.Items { // their types are checked with the requirements
				if req, err := pep508.ParseRequirement(r.Text); err == nil {
					x.Dependencies = append(x.Dependencies, pep508.CanonicalName(req.Name))
				}
			}
			p.project.Extras = append(p.project.Extras, x)
		}
		return
	}
	for _, e := range entriesOf(p.Table(p.poetry.Get("extras"))) {
		x := Extra{Name: pep508.CanonicalName(e.Key), At: e.KeyAt}
		for _, n := range canonical(p.Strings(e.Value)) {
			// A name that is no dependency does not count.
			if slices.ContainsFunc(p.members["main"].poetry, func(d Dependency) bool { return d.Name == n }) {
				x.Dependencies = append(x.Dependencies, n)
			}
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
