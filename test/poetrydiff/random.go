package main

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
)

// model is a random project and the index that it depends on.
type model struct {
	host     string
	releases []release
	python   string
	groups   []modelGroup // main first
	extras   []modelExtra
}

type modelGroup struct {
	name     string
	optional bool
	needs    []modelNeed
}

type modelExtra struct {
	name  string
	names []string // optional dependencies of main
}

// modelNeed is a dependency: one or more constraints of one name.
type modelNeed struct {
	name     string
	optional bool
	each     []modelConstraint
}

type modelConstraint struct {
	version  string // Poetry and PEP 508 both read it
	python   string // key of a table; pythonMarker is the same as a marker
	platform string
	markers  string
	extras   []string
}

// generator makes a model from a seed: the same seed, the same model.
type generator struct {
	*rand.Rand
	names    []string
	versions map[string][]string
	extras   map[string][]string
}

func newModel(seed int) model {
	g := &generator{
		Rand: rand.New(rand.NewSource(int64(seed))), versions: map[string][]string{}, extras: map[string][]string{},
	}
	m := model{host: fmt.Sprintf("seed%d.example", seed), python: pick(g, ">=3.9,<3.14", "^3.9", ">=3.9")}
	for i := range 8 + g.Intn(9) {
		g.names = append(g.names, fmt.Sprintf("%s-%c", pick(g, "lib", "tool", "net"), 'a'+rune(i)))
	}
	for _, name := range g.names {
		g.versions[name] = g.someVersions()
		if g.chance(35) {
			g.extras[name] = []string{"fast", "all", "net"}[:1+g.Intn(3)]
		}
	}
	for i, name := range g.names {
		for j, v := range g.versions[name] {
			m.releases = append(m.releases, g.release(i, j, name, v))
		}
	}
	m.groups = g.groups()
	m.extras = g.projectExtras(m.groups[0])
	return m
}

func pick[T any](g *generator, all ...T) T        { return all[g.Intn(len(all))] }
func (g *generator) chance(percent int) bool      { return g.Intn(100) < percent }
func (g *generator) before(i int) string          { return g.names[g.Intn(i)] }
func (g *generator) after(i int) string           { return g.names[i+1+g.Intn(len(g.names)-i-1)] }
func (g *generator) someNames(n int) (s []string) { return g.shuffled()[:min(n, len(g.names))] }

func (g *generator) shuffled() []string {
	all := slices.Clone(g.names)
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func (g *generator) someVersions() []string {
	all := []string{"1.0", "1.1", "1.5.2", "2.0", "2.1.post1", "3.0a1", "3.0"}
	if g.chance(10) {
		all = []string{"0.1", "0.1.1", "0.2", "2024.1", "2024.2"}
	}
	from := g.Intn(len(all) - 1)
	return all[from : from+1+g.Intn(len(all)-from)]
}

// release needs mostly what comes later in the list, so that cycles are rare.
func (g *generator) release(i, j int, name, version string) release {
	r := release{name: name, version: version, files: []string{"py3-none-any"}}
	if g.chance(15) {
		r.files = append(r.files, "cp311-cp311-manylinux_2_17_x86_64", "cp39-abi3-manylinux_2_17_x86_64")
	}
	if j > 0 && g.chance(25) {
		r.python = pick(g, ">=3.9", ">=3.10", ">=3.11", ">=3.8,!=3.10.*", "<3.13")
	}
	for range g.Intn(4) {
		switch {
		case i+1 < len(g.names) && !g.chance(6):
			r.requires = append(r.requires, g.requirement(name, g.after(i), ""))
		case i > 0 && g.chance(50):
			r.requires = append(r.requires, g.requirement(name, g.before(i), ""))
		}
	}
	for _, extra := range g.extras[name] {
		switch {
		case extra == "all" && len(g.extras[name]) > 1:
			r.requires = append(r.requires, fmt.Sprintf("%s[fast]; extra == 'all'", name))
		case i+1 < len(g.names):
			r.requires = append(r.requires, g.requirement(name, g.after(i), extra))
		}
	}
	return r
}

func (g *generator) requirement(by, name, extra string) string {
	text := name + g.someExtras(name)
	if g.chance(50) {
		text += " " + g.constraint(name)
	}
	var marker []string
	if g.chance(30) {
		marker = append(marker, "("+g.marker()+")")
	}
	if extra != "" {
		marker = append(marker, "extra == '"+extra+"'")
	}
	if len(marker) > 0 {
		text += " ; " + strings.Join(marker, " and ")
	}
	return text
}

func (g *generator) someExtras(name string) string {
	if all := g.extras[name]; len(all) > 0 && g.chance(40) {
		return "[" + pick(g, all...) + "]"
	}
	return ""
}

// constraint allows at least one version of the name.
func (g *generator) constraint(name string) string {
	v := pick(g, g.versions[name]...)
	return pick(g, ">="+v, "<="+v, "=="+v, ">="+v+",<4000", "!=0.5", ">="+v, ">=0.0.1", "<4000,!=1.7")
}

func (g *generator) marker() string {
	one := func() string {
		minor := pick(g, "3.10", "3.11", "3.12", "3.13")
		return pick(g,
			`python_version < "`+minor+`"`, `python_version >= "`+minor+`"`, `python_version == "`+minor+`"`,
			`python_version != "`+minor+`"`, `python_full_version < "`+minor+`.3"`, `python_version > "3.9"`,
			`python_version in "3.9, 3.11"`, `python_version not in "3.9 3.13"`,
			`sys_platform == "linux"`, `sys_platform == "win32"`, `sys_platform != "darwin"`, `os_name == "posix"`,
			`platform_machine == "x86_64"`, `platform_machine != "x86_64"`, `platform_system == "Linux"`,
			`implementation_name == "cpython"`, `platform_python_implementation != "CPython"`,
			// Not "lin" in sys_platform: Poetry takes it for sys_platform in "lin" at times,
			// depending on which of the two it read first.
		)
	}
	switch g.Intn(6) {
	case 0:
		return one() + " and " + one()
	case 1:
		return one() + " or " + one()
	case 2:
		return "(" + one() + " or " + one() + ") and " + one()
	}
	return one()
}

func (g *generator) groups() []modelGroup {
	all := []modelGroup{{name: "main", needs: g.needs(4+g.Intn(4), true)}}
	all = append(all, modelGroup{name: "dev", needs: g.needs(1+g.Intn(3), false)})
	if g.chance(70) {
		all = append(all, modelGroup{name: "docs", optional: true, needs: g.needs(1+g.Intn(3), false)})
	}
	if g.chance(30) {
		all = append(all, modelGroup{name: "Test_Long", optional: g.chance(50), needs: g.needs(1+g.Intn(2), false)})
	}
	return all
}

func (g *generator) needs(n int, main bool) []modelNeed {
	var all []modelNeed
	for _, name := range g.someNames(n) {
		need := modelNeed{name: name, optional: main && g.chance(40)}
		switch {
		case g.chance(20) && len(g.versions[name]) > 1:
			minor := pick(g, "3.10", "3.11", "3.12")
			need.each = []modelConstraint{
				{version: "<=" + g.versions[name][0], python: "<" + minor},
				{version: g.constraint(name), python: ">=" + minor},
			}
		default:
			need.each = []modelConstraint{g.oneConstraint(name)}
		}
		all = append(all, need)
	}
	return all
}

func (g *generator) oneConstraint(name string) modelConstraint {
	c := modelConstraint{}
	if g.chance(40) {
		c.version = g.constraint(name)
	}
	if all := g.extras[name]; len(all) > 0 && g.chance(50) {
		c.extras = []string{pick(g, all...)}
	}
	switch g.Intn(8) {
	case 0:
		c.python = pick(g, "<3.11", ">=3.11", ">=3.10,<3.13", ">=3.12")
	case 1:
		c.platform = pick(g, "linux", "win32", "linux", "darwin")
	case 2:
		c.markers = g.marker()
	}
	return c
}

func (g *generator) projectExtras(main modelGroup) []modelExtra {
	var optional []string
	for _, n := range main.needs {
		if n.optional {
			optional = append(optional, n.name)
		}
	}
	if len(optional) == 0 {
		return nil
	}
	all := []modelExtra{{"one", optional[:1]}}
	if len(optional) > 1 {
		all = append(all, modelExtra{"Most_Of", optional[1:]})
	}
	if g.chance(50) {
		all = append(all, modelExtra{"every", optional})
	}
	return all
}
