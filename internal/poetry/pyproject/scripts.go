package pyproject

import (
	"sort"
	"strings"

	"github.com/quatrain-build/quatrain/internal/names"
	"github.com/quatrain-build/quatrain/internal/source"
)

// ConsoleScripts returns the scripts that call an entry point, in file order.
func (p *Project) ConsoleScripts() []Script {
	var all []Script
	for _, s := range p.Scripts {
		if !s.File {
			all = append(all, s)
		}
	}
	return all
}

// scripts reads console scripts from [project.scripts], else [tool.poetry.scripts],
// and those of type "file" from the latter in any case, for [project] has no such
// thing (poetry, masonry/builders/editable.py, _add_scripts).
func (p *parser) scripts() {
	own := p.scriptsOf(p.poetry.Get("scripts"))
	console := p.scriptsOf(p.pep621.Get("scripts"))
	if len(console) == 0 {
		console = own
	}
	for _, s := range console {
		if !s.File {
			p.addScript(s)
		}
	}
	for _, s := range own {
		if s.File {
			p.addScript(s)
		}
	}
}

func (p *parser) scriptsOf(v *source.Value) []Script {
	var all []Script
	for _, e := range entriesOf(p.Table(v)) {
		all = append(all, p.script(e))
	}
	return all
}

// script reads both ways to write one. A table that says neither "console" nor
// "file" has no effect.
func (p *parser) script(e source.Entry) Script {
	s := Script{Name: e.Key, At: e.KeyAt}
	if e.Value.Kind != source.TableKind {
		s.Reference = p.String(e.Value)
		return s
	}
	switch p.String(e.Value.Table.Get("type")) {
	case "file":
		s.File = true
		fallthrough
	case "console":
		s.Reference = p.String(e.Value.Table.Get("reference"))
	}
	return s
}

func (p *parser) addScript(s Script) {
	if s.Reference != "" && p.isScript(s.Name, s.At) && (s.File || p.isReference(s.Name, s.Reference, s.At)) {
		p.project.Scripts = append(p.project.Scripts, s)
	}
}

// isScript reports whether a script may have a name, and else adds an error.
func (p *parser) isScript(name string, at source.Range) bool {
	if err := names.CheckScript(name); err != nil {
		p.add(source.Errorf(at, "script name %v", err).WithHint("Give the script another name."))
		return false
	}
	return true
}

// isReference reports whether a script has something to call, and else adds a warning.
func (p *parser) isReference(name, reference string, at source.Range) bool {
	if _, ok := names.ParseReference(strings.TrimSpace(reference)); !ok || !names.IsLine(reference) {
		p.warnings = append(p.warnings, source.Errorf(at, "script %s is left out: %q is not of the form package.module:function", name, reference))
		return false
	}
	return true
}

// entryPoints reads the other groups of entry points (poetry-core, factory.py,
// _configure_entry_points): gui-scripts, and [project.entry-points], else
// [tool.poetry.plugins].
func (p *parser) entryPoints() {
	p.entryPointGroup("gui_scripts", p.pep621.Get("gui-scripts"))
	others := p.pep621.Get("entry-points")
	if others == nil || isEmpty(others) {
		others = p.poetry.Get("plugins")
	}
	groups := append([]source.Entry(nil), entriesOf(p.Table(others))...)
	sort.SliceStable(groups, func(i, j int) bool { return groups[i].Key < groups[j].Key })
	for _, g := range groups {
		if g.Key == "console-scripts" || g.Key == "gui-scripts" {
			p.add(source.Errorf(g.KeyAt, "entry point group %q is reserved", g.Key).
				WithHint("Use [project.scripts] or [project.gui-scripts]."))
			continue
		}
		p.entryPointGroup(g.Key, g.Value)
	}
}

func (p *parser) entryPointGroup(group string, v *source.Value) {
	for _, e := range entriesOf(p.Table(v)) {
		point := EntryPoint{Group: group, Name: e.Key, Reference: p.String(e.Value), At: e.KeyAt}
		if p.isEntryPoint(point) {
			p.project.EntryPoints = append(p.project.EntryPoints, point)
		}
	}
}

// isEntryPoint reports whether an entry point can be written, and else says why not.
// Those of two groups are scripts, also if they are written as plugins.
func (p *parser) isEntryPoint(e EntryPoint) bool {
	if e.Group == "console_scripts" || e.Group == "gui_scripts" {
		return p.isScript(e.Name, e.At) && p.isReference(e.Name, e.Reference, e.At)
	}
	if err := names.CheckEntryPoint(e.Group, e.Name); err != nil {
		p.add(source.Errorf(e.At, "entry point: %v", err))
		return false
	}
	if !names.IsLine(e.Reference) {
		p.add(source.Errorf(e.At, "entry point %s is not on one line", e.Name))
		return false
	}
	return true
}
