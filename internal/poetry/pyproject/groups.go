package pyproject

import (
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// members are a group's dependencies by where they are declared (poetry-core,
// dependency_group.py): standard are PEP 621's or PEP 735's, poetry are tool.poetry's.
type members struct {
	standard, poetry []Dependency
	dynamic          bool // both may add names (project.dynamic)
}

// groups reads every group: main, [dependency-groups] (PEP 735), then
// [tool.poetry.group.NAME] and the old dev-dependencies; the same name merges
// (poetry-core, factory.py, _configure_package_dependencies).
func (p *parser) groups() {
	p.main()
	p.pep735()
	p.poetryGroups()
	if dev := p.Table(p.poetry.Get("dev-dependencies")); dev != nil {
		p.group("dev", dev.At).poetry = append(p.group("dev", dev.At).poetry, p.dependencyTable(dev)...)
	}
	p.putIntoExtras()
	p.project.requires = p.members["main"].declared()
	for i := range p.project.Groups {
		g := &p.project.Groups[i]
		g.Dependencies = p.forLocking(p.members[g.Name])
	}
	p.expandIncludes()
}

// group finds a group's members, or adds the group.
func (p *parser) group(name string, at source.Range) *members {
	m, ok := p.members[name]
	if !ok {
		m = &members{}
		p.members[name] = m
		p.groupIndex[name] = len(p.project.Groups)
		p.project.Groups = append(p.project.Groups, Group{Name: name, At: at})
	}
	return m
}

func (p *parser) groupNamed(name string) *Group {
	return &p.project.Groups[p.groupIndex[name]]
}

func (p *parser) main() {
	m := p.group("main", source.Whole(p.project.File))
	m.dynamic = p.dynamic("dependencies") || p.dynamic("optional-dependencies")
	m.standard = p.requirements(p.pep621.Get("dependencies"), "")
	for _, e := range entriesOf(p.Table(p.pep621.Get("optional-dependencies"))) {
		m.standard = append(m.standard, p.requirements(e.Value, pep508.CanonicalName(e.Key))...)
	}
	m.poetry = p.dependencyTable(p.Table(p.poetry.Get("dependencies")))
}

// putIntoExtras tells tool.poetry's dependencies the extras that name them.
func (p *parser) putIntoExtras() {
	if p.standardExtras() {
		return
	}
	poetry := p.members["main"].poetry
	extras := p.extrasByName(p.Table(p.poetry.Get("extras")))
	for i := range poetry {
		poetry[i].InExtras = append(poetry[i].InExtras, extras[poetry[i].Name]...)
	}
}

// standardExtras reports whether extras are those of [project]: [tool.poetry.extras]
// counts only where [project] declares no dependency at all.
func (p *parser) standardExtras() bool {
	optional := p.pep621.Sub("optional-dependencies")
	dependencies := p.pep621.Get("dependencies")
	return len(entriesOf(optional)) > 0 || dependencies != nil && len(dependencies.Items) > 0
}

// extrasByName returns the extras that name each dependency.
func (p *parser) extrasByName(extras *source.Table) map[string][]string {
	in := map[string][]string{}
	for _, e := range entriesOf(extras) {
		if e.Value.Kind != source.Array {
			continue // extras() says so, once
		}
		for _, n := range e.Value.Items {
			name := pep508.CanonicalName(n.Text)
			in[name] = append(in[name], pep508.CanonicalName(e.Key))
		}
	}
	return in
}

func (p *parser) pep735() {
	for _, e := range entriesOf(p.Table(p.project.Root.Get("dependency-groups"))) {
		name := p.groupName(e)
		m := p.group(name, e.KeyAt)
		*m = members{} // a group that is called main replaces main, as in poetry-core
		if e.Value.Kind != source.Array {
			p.add(source.Errorf(e.Value.At, "dependency group %s is not an array", e.Key))
			continue
		}
		for _, item := range e.Value.Items {
			switch item.Kind {
			case source.String:
				m.standard = append(m.standard, p.requirement(p.Text(item), "")...)
			case source.TableKind:
				p.includeGroup(name, item)
			default:
				p.add(source.Errorf(item.At, "dependency group %s: expected a requirement or {include-group = \"…\"}, found %s", e.Key, item.Kind))
			}
		}
	}
}

func (p *parser) includeGroup(name string, item *source.Value) {
	v := item.Table.Get("include-group")
	if v == nil || len(item.Table.Entries) != 1 {
		p.add(source.Errorf(item.At, "dependency group %s: a table here can only be {include-group = \"…\"}", name))
		return
	}
	g := p.groupNamed(name)
	g.includes = append(g.includes, p.Text(v))
}

func (p *parser) poetryGroups() {
	for _, e := range entriesOf(p.Table(p.poetry.Get("group"))) {
		name := p.groupName(e)
		t := p.Table(e.Value)
		m := p.group(name, e.KeyAt)
		g := p.groupNamed(name)
		g.Optional = p.True(t.Get("optional"))
		p.checkGroup(e.Key, t)
		g.includes = append(g.includes, p.Texts(t.Get("include-groups"))...)
		m.poetry = append(m.poetry, p.dependencyTable(p.Table(t.Get("dependencies")))...)
	}
}

// groupName returns the canonical name of a group. Two spellings of one name are an error.
func (p *parser) groupName(e source.Entry) string {
	name := pep508.CanonicalName(e.Key)
	if other, ok := p.spellings[name]; ok && other != e.Key {
		p.add(source.Errorf(e.KeyAt, "group %s is also spelled %s", e.Key, other).
			WithHint("Use one spelling in [dependency-groups] and [tool.poetry.group]."))
	}
	p.spellings[name] = e.Key
	return name
}

var groupKeys = []string{"dependencies", "include-groups", "optional"}

func (p *parser) checkGroup(name string, t *source.Table) {
	for _, e := range entriesOf(t) {
		if !slices.Contains(groupKeys, e.Key) {
			p.add(source.Errorf(e.KeyAt, "group %s cannot have the key %q", name, e.Key).
				WithHint("The keys are: %s.", strings.Join(groupKeys, ", ")))
		}
	}
}

// expandIncludes adds to each group what the groups that it includes have.
func (p *parser) expandIncludes() {
	e := expander{parser: p, done: map[string][]Dependency{}, left: maxIncluded}
	for i := range p.project.Groups {
		e.expand(p.project.Groups[i].Name)
	}
	for i := range p.project.Groups {
		p.project.Groups[i].Dependencies = e.done[p.project.Groups[i].Name]
	}
}

// maxIncluded bounds the dependencies that all groups get from those they include: a
// chain of groups has the square of its length.
const maxIncluded = 100_000

// maxIncludePath bounds how deep groups include one another.
const maxIncludePath = 1000

// expander expands each group once: includes of includes of … may be many.
type expander struct {
	*parser
	done map[string][]Dependency
	path []string // the groups that are being expanded
	left int      // dependencies that may still be included
}

// within reports whether one more dependency may be included at a place. The first that
// may not is an error.
func (e *expander) within(at source.Range) bool {
	e.left--
	if e.left == -1 {
		e.add(source.Errorf(at, "dependency groups include more than %d dependencies", maxIncluded).
			WithHint("Include fewer groups in one another."))
	}
	return e.left >= 0
}

func (e *expander) expand(name string) []Dependency {
	if all, ok := e.done[name]; ok {
		return all
	}
	e.path = append(e.path, name)
	g := e.groupNamed(name)
	all := slices.Clone(g.Dependencies)
	there := map[dependencyKey]bool{}
	for _, d := range all {
		there[keyOf(d)] = true
	}
	before := map[string]bool{}
	for _, inc := range g.includes {
		included := pep508.CanonicalName(inc.Value)
		if !e.within(inc.At) {
			break
		}
		switch {
		case before[included]:
			e.add(source.Errorf(inc.At, "group %q includes group %q twice", name, included))
		case e.members[included] == nil:
			e.add(source.Errorf(inc.At, "group %q includes group %q which is not defined", name, included))
		case slices.Contains(e.path, included):
			cycle := append(slices.Clone(e.path[slices.Index(e.path, included):]), included)
			e.add(source.Errorf(inc.At, "group %q includes itself: %s", included, strings.Join(cycle, " → ")))
		case len(e.path) >= maxIncludePath:
			e.add(source.Errorf(inc.At, "dependency groups include one another more than %d deep", maxIncludePath))
		default:
			for _, d := range e.expand(included) {
				if !e.within(inc.At) {
					break
				}
				// Diamonds and the like: what is there already adds nothing.
				if k := keyOf(d); !there[k] {
					there[k], all = true, append(all, d)
				}
			}
		}
		before[included] = true
	}
	e.path = e.path[:len(e.path)-1]
	e.done[name] = all
	return all
}

// dependencyKey is equal for dependencies that stand in the same place of the file.
type dependencyKey struct {
	name, constraint, marker string
	at                       source.Range
}

func keyOf(d Dependency) dependencyKey { return dependencyKey{d.Name, d.Constraint, d.Marker, d.At} }
