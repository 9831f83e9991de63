package pyproject

import (
	"slices"

	"github.com/quatrain-build/quatrain/internal/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// groups reads every group: main, [dependency-groups] (PEP 735), then
// [tool.poetry.group.NAME] and the old dev-dependencies; the same name merges.
func (p *parser) groups() {
	main := p.group("main", source.Whole(p.project.File))
	main.Dependencies = p.mainDependencies()
	p.pep735()
	p.poetryGroups()
	if dev := p.Table(p.poetry.Get("dev-dependencies")); dev != nil {
		p.group("dev", dev.At)
		p.appendTo("dev", p.dependencyTable(dev))
	}
	p.expandIncludes()
}

// group finds a group or adds it. The pointer is good until the next call.
func (p *parser) group(name string, at source.Range) *Group {
	for i := range p.project.Groups {
		if p.project.Groups[i].Name == name {
			return &p.project.Groups[i]
		}
	}
	p.project.Groups = append(p.project.Groups, Group{Name: name, At: at})
	return &p.project.Groups[len(p.project.Groups)-1]
}

func (p *parser) appendTo(name string, deps []Dependency) {
	g := p.group(name, source.Range{})
	g.Dependencies = append(g.Dependencies, deps...)
}

// mainDependencies are the main group's, as they count for locking
// (poetry-core, dependency_group.py): those of [project], enriched by the entries
// of the same name in [tool.poetry.dependencies]; without [project] ones, the latter.
func (p *parser) mainDependencies() []Dependency {
	poetry := p.dependencyTable(p.Table(p.poetry.Get("dependencies")))
	extras := p.Table(p.poetry.Get("extras"))
	if p.pep621.Get("dependencies") == nil && p.pep621.Get("optional-dependencies") == nil {
		for i := range poetry {
			poetry[i].InExtras = extrasOf(extras, poetry[i].Name, p)
		}
		return poetry
	}
	own := p.requirements(p.pep621.Get("dependencies"), "")
	for _, e := range entriesOf(p.Table(p.pep621.Get("optional-dependencies"))) {
		own = append(own, p.requirements(e.Value, pep508.CanonicalName(e.Key))...)
	}
	enriched := enrich(own, poetry)
	if p.dynamic("dependencies") || p.dynamic("optional-dependencies") {
		for _, d := range poetry {
			if !slices.ContainsFunc(own, func(o Dependency) bool { return o.Name == d.Name }) {
				enriched = append(enriched, d)
			}
		}
	}
	return enriched
}

func extrasOf(extras *source.Table, name string, p *parser) []string {
	var in []string
	for _, e := range entriesOf(extras) {
		for _, n := range p.Strings(e.Value) {
			if pep508.CanonicalName(n) == name {
				in = append(in, pep508.CanonicalName(e.Key))
			}
		}
	}
	return in
}

// enrich adds to each project dependency what tool.poetry says of the same name:
// constraints and markers are intersected, the origin is tool.poetry's.
func enrich(own, poetry []Dependency) []Dependency {
	var all []Dependency
	for _, d := range own {
		found := false
		for _, e := range poetry {
			if e.Name != d.Name {
				continue
			}
			found = true
			c := e
			c.Constraint = both(d.Constraint, e.Constraint)
			c.Marker = bothMarkers(d.Marker, e.Marker)
			c.Optional, c.InExtras, c.Extras = d.Optional, d.InExtras, d.Extras
			c.At = d.At
			if d.URL != "" && c.Git == "" && c.Path == "" {
				c.URL = d.URL
			}
			all = append(all, c)
		}
		if !found {
			all = append(all, d)
		}
	}
	return all
}

func both(a, b string) string {
	switch {
	case a == "*" || a == "":
		return b
	case b == "*" || b == "":
		return a
	}
	return a + "," + b
}

func bothMarkers(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "" || a == b:
		return a
	}
	return "(" + a + ") and (" + b + ")"
}

func (p *parser) pep735() {
	for _, e := range entriesOf(p.Table(p.project.Root.Get("dependency-groups"))) {
		name := pep508.CanonicalName(e.Key)
		p.group(name, e.KeyAt)
		if e.Value.Kind != source.Array {
			p.add(source.Errorf(e.Value.At, "dependency group %s is not an array", e.Key))
			continue
		}
		for _, item := range e.Value.Items {
			if item.Kind == source.String {
				p.appendTo(name, p.requirement(p.Text(item), ""))
				continue
			}
			if inc := p.Text(p.Table(item).Get("include-group")); inc.Value != "" {
				g := p.group(name, e.KeyAt)
				g.includes = append(g.includes, inc)
			}
		}
	}
}

func (p *parser) poetryGroups() {
	for _, e := range entriesOf(p.Table(p.poetry.Get("group"))) {
		name := pep508.CanonicalName(e.Key)
		t := p.Table(e.Value)
		g := p.group(name, e.KeyAt)
		g.Optional = p.True(t.Get("optional"))
		g.includes = append(g.includes, p.Texts(t.Get("include-groups"))...)
		deps := p.dependencyTable(p.Table(t.Get("dependencies")))
		if len(g.Dependencies) > 0 {
			g.Dependencies = enrich(g.Dependencies, deps)
			for _, d := range deps {
				if !slices.ContainsFunc(g.Dependencies, func(o Dependency) bool { return o.Name == d.Name }) {
					g.Dependencies = append(g.Dependencies, d)
				}
			}
			continue
		}
		g.Dependencies = deps
	}
}

// expandIncludes adds to each group what the groups that it includes have.
func (p *parser) expandIncludes() {
	expanded := make([][]Dependency, len(p.project.Groups))
	for i := range p.project.Groups {
		expanded[i] = p.withIncludes(i, nil)
	}
	for i := range expanded {
		p.project.Groups[i].Dependencies = expanded[i]
	}
}

func (p *parser) withIncludes(i int, path []string) []Dependency {
	g := p.project.Groups[i]
	all := slices.Clone(g.Dependencies)
	for _, inc := range g.includes {
		name := pep508.CanonicalName(inc.Value)
		j := slices.IndexFunc(p.project.Groups, func(o Group) bool { return o.Name == name })
		switch {
		case j < 0:
			p.add(source.Errorf(inc.At, "group %q includes group %q which is not defined", g.Name, name))
		case slices.Contains(append(path, g.Name), name):
			p.add(source.Errorf(inc.At, "group %q includes itself: %s", name, joinPath(append(path, g.Name, name))))
		default:
			all = append(all, p.withIncludes(j, append(slices.Clone(path), g.Name))...)
		}
	}
	return all
}

func joinPath(names []string) string {
	s := names[0]
	for _, n := range names[1:] {
		s += " → " + n
	}
	return s
}
