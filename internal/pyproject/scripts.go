package pyproject

import (
	"sort"
	"strings"

	"github.com/quatrain-build/quatrain/internal/source"
)

// ConsoleScripts are the scripts that call an entry point, in file order.
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
	switch {
	case s.Reference == "":
	case strings.ContainsAny(s.Name, "/\\\x00\n") || s.Name == "" || s.Name == "." || s.Name == "..":
		p.add(source.Errorf(s.At, "script name %q is not a file name", s.Name))
	case s.File || isReference(s.Reference):
		p.project.Scripts = append(p.project.Scripts, s)
	default:
		p.warnings = append(p.warnings, source.Errorf(s.At, "script %s is left out: %q is not of the form package.module:function", s.Name, s.Reference))
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
		if strings.ContainsAny(group+e.Key+e.Value.Text, "\r\n\x00") {
			p.add(source.Errorf(e.KeyAt, "entry point %q is not on one line", e.Key))
			continue
		}
		p.project.EntryPoints = append(p.project.EntryPoints, EntryPoint{Group: group, Name: e.Key, Reference: p.String(e.Value), At: e.KeyAt})
	}
}
