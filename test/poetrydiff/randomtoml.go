package main

import (
	"fmt"
	"slices"
	"strings"
)

// poetryTOML writes a model as Poetry 1 and 2 read it: everything in [tool.poetry].
func (m model) poetryTOML() string {
	var b strings.Builder
	b.WriteString("[tool.poetry]\nname = \"random\"\nversion = \"1.0\"\ndescription = \"\"\nauthors = []\n")
	for _, g := range m.groups {
		if g.name == "main" {
			fmt.Fprintf(&b, "\n[tool.poetry.dependencies]\npython = %q\n", m.python)
		} else {
			if g.optional {
				fmt.Fprintf(&b, "\n[tool.poetry.group.%s]\noptional = true\n", g.name)
			}
			fmt.Fprintf(&b, "\n[tool.poetry.group.%s.dependencies]\n", g.name)
		}
		for _, n := range g.needs {
			fmt.Fprintf(&b, "%s = %s\n", n.name, n.toml())
		}
	}
	if len(m.extras) > 0 {
		b.WriteString("\n[tool.poetry.extras]\n")
		for _, e := range m.extras {
			fmt.Fprintf(&b, "%s = %s\n", e.name, list(e.names))
		}
	}
	return b.String() + m.source()
}

func (m model) source() string {
	return fmt.Sprintf("\n[[tool.poetry.source]]\nname = \"local\"\nurl = \"http://%s/simple/\"\npriority = \"primary\"\n", m.host)
}

func (n modelNeed) toml() string {
	var all []string
	for _, c := range n.each {
		all = append(all, c.toml(n.optional))
	}
	if len(all) == 1 {
		return all[0]
	}
	return "[\n    " + strings.Join(all, ",\n    ") + ",\n]"
}

func (c modelConstraint) toml(optional bool) string {
	version := c.version
	if version == "" {
		version = "*"
	}
	fields := []string{fmt.Sprintf("version = %q", version)}
	add := func(key, value string) {
		if value != "" {
			fields = append(fields, key+" = '"+value+"'")
		}
	}
	add("python", c.python)
	add("platform", c.platform)
	add("markers", c.markers)
	if len(c.extras) > 0 {
		fields = append(fields, "extras = "+list(c.extras))
	}
	if optional {
		fields = append(fields, "optional = true")
	}
	if len(fields) == 1 {
		return fmt.Sprintf("%q", version)
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// standardTOML writes the same as [project] and [dependency-groups], with what only
// Poetry has in [tool.poetry].
func (m model) standardTOML() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[project]\nname = \"random\"\nversion = \"1.0\"\nrequires-python = %q\n", ">=3.9,<3.14")
	b.WriteString("dependencies = " + list(requirements(m.groups[0], func(n modelNeed) bool { return !n.optional })) + "\n")
	if len(m.extras) > 0 {
		b.WriteString("\n[project.optional-dependencies]\n")
	}
	for _, e := range m.extras {
		in := func(n modelNeed) bool { return slices.Contains(e.names, n.name) }
		fmt.Fprintf(&b, "%s = %s\n", e.name, list(requirements(m.groups[0], in)))
	}
	b.WriteString("\n[dependency-groups]\n")
	for i, g := range m.groups[1:] {
		items := requirements(g, func(modelNeed) bool { return true })
		text := strings.TrimSuffix(list(items), "]")
		if i > 0 { // each includes the one before
			text += fmt.Sprintf(", {include-group = %q}", m.groups[i].name)
		}
		fmt.Fprintf(&b, "%s = %s]\n", g.name, text)
	}
	for _, g := range m.groups[1:] {
		if g.optional {
			fmt.Fprintf(&b, "\n[tool.poetry.group.%s]\noptional = true\n", g.name)
		}
	}
	return b.String() + m.source()
}

func requirements(g modelGroup, which func(modelNeed) bool) []string {
	all := []string{}
	for _, n := range g.needs {
		if !which(n) {
			continue
		}
		for _, c := range n.each {
			all = append(all, c.requirement(n.name))
		}
	}
	return all
}

func (c modelConstraint) requirement(name string) string {
	text := name
	if len(c.extras) > 0 {
		text += "[" + strings.Join(c.extras, ",") + "]"
	}
	if c.version != "" {
		text += " (" + c.version + ")"
	}
	var marker []string
	for _, part := range strings.FieldsFunc(c.python, func(r rune) bool { return r == ',' }) {
		op := strings.TrimRight(part, "0123456789.")
		marker = append(marker, fmt.Sprintf("python_version %s '%s'", op, part[len(op):]))
	}
	if c.platform != "" {
		marker = append(marker, "sys_platform == '"+c.platform+"'")
	}
	if c.markers != "" {
		marker = append(marker, "("+strings.ReplaceAll(c.markers, `"`, "'")+")")
	}
	if len(marker) > 0 {
		text += " ; " + strings.Join(marker, " and ")
	}
	return text
}

// list is a TOML array of strings.
func list(all []string) string {
	var quoted []string
	for _, s := range all {
		quoted = append(quoted, fmt.Sprintf("%q", s))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
