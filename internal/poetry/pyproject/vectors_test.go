package pyproject

import (
	"cmp"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/testutil/vectors"
)

// vector is a case that Poetry answered (testdata/generate.py). Which fields are
// there says what it is about.
type vector struct {
	Versions, Pythons []string
	Places            [][3]string // python, platform, extras: where markers are evaluated

	Project, Corpus string // a whole file: its name, or the corpus project's
	TOML            string
	Error           string
	wantProject

	Key    map[string]string // keys of a dependency
	Marker string

	Metadata string

	RequiresPython *string `json:"requires_python"`
	Want           string
}

// wantProject is what Poetry says of a file. Constraints and markers are bits, one
// for each of the versions or places: their text is not compared, their meaning is.
type wantProject struct {
	Name, Version string
	PackageMode   bool `json:"package_mode"`
	Python        string
	Groups        map[string]wantGroup
	Requires      []wantDependency // main's before it is enriched
	Extras        map[string][]string
	Sources       [][2]string
	Scripts       map[string]string
}

type wantGroup struct {
	Optional     bool
	Dependencies []wantDependency
}

type wantDependency struct {
	Name, Pretty, Constraint, Marker string
	Optional                         bool
	InExtras                         []string `json:"in_extras"`
	Extras                           []string
	Index                            string
	Origin                           [4]string
	Prereleases, Develop             bool
}

func TestVectors(t *testing.T) { vectors.Each(t, (&checker{t: t}).check) }

// The same for the pyproject.toml files of real projects.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	if dir == "" {
		return
	}
	c := &checker{t: t}
	vectors.EachIn(t, "corpus.jsonl", func(v vector) {
		if v.Corpus != "" {
			v.Project, v.TOML = v.Corpus, read(t, filepath.Join(dir, v.Corpus, "pyproject.toml"))
		}
		c.check(v)
	})
}

// corpus is the folder with real projects, "" where it is not there.
func corpus(t *testing.T) string {
	dir := os.Getenv("QUATRAIN_CONFORMANCE")
	if dir == "" {
		dir = "../../../../shared/conformance"
	}
	dir = filepath.Join(dir, "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Logf("the conformance cases did not run: %s not found (set QUATRAIN_CONFORMANCE)", dir)
		return ""
	}
	return dir
}

type checker struct {
	t       *testing.T
	meaning vector // the row that says what bits mean
}

func (c *checker) check(v vector) {
	switch {
	case v.Places != nil:
		c.meaning = v
	case v.Project != "":
		c.t.Run(v.Project, func(t *testing.T) { c.project(t, v) })
	case v.Key != nil:
		c.key(v)
	case v.Metadata != "":
		readme := "readme\n"
		got := mustParse(c.t, v.TOML).CoreMetadata(Documents{Readme: &readme})
		if diff := gocmp.Diff(strings.Split(v.Metadata, "\n"), strings.Split(got, "\n")); diff != "" {
			c.t.Error(diff)
		}
	default:
		p := mustParse(c.t, "[tool.poetry]\nname = \"a\"\nversion = \"1\"\n[tool.poetry.dependencies]\npython = \""+*v.RequiresPython+"\"\n")
		if got := p.requiresPython(); got != v.Want {
			c.t.Errorf("%s: %s, want %s", *v.RequiresPython, got, v.Want)
		}
	}
}

// lenient are files that Poetry refuses and Quatrain reads: nothing is installed
// otherwise for it.
var lenient = map[string]string{
	"empty group":                "it says nothing",
	"default source":             "Poetry 1 has it",
	"priority of Poetry 1":       "Poetry 1 has it",
	"unknown key of tool.poetry": "a newer Poetry may know it",
	"requires a newer Poetry":    "Quatrain is no version of Poetry",
}

func (c *checker) project(t *testing.T, want vector) {
	p, _, err := parse(want.TOML)
	if reason := lenient[want.Project]; reason != "" {
		if want.Error == "" || err != nil {
			t.Errorf("not lenient: %v", err)
		}
		return
	}
	if (err != nil) != (want.Error != "") {
		t.Fatalf("%s\n%v; want %q", want.TOML, err, want.Error)
	}
	if err != nil {
		return
	}
	if diff := gocmp.Diff(tidy(want.wantProject), tidy(c.describe(t, p)), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s", diff)
	}
}

func (c *checker) describe(t *testing.T, p *Project) wantProject {
	w := wantProject{
		Name: cmp.Or(p.Name.Value, "non-package-mode"), Version: cmp.Or(p.Version.Value, "0"), PackageMode: p.PackageMode,
		Python: allowed(t, pep440.ParseMarkerConstraint, anyPython(p.Python.Value), c.meaning.Pythons),
		Groups: map[string]wantGroup{}, Extras: map[string][]string{}, Scripts: map[string]string{},
	}
	if v, err := pep440.ParseVersion(w.Version); err == nil {
		w.Version = v.String()
	}
	for _, g := range p.Groups {
		group := wantGroup{Optional: g.Optional}
		for _, d := range g.Dependencies {
			group.Dependencies = append(group.Dependencies, c.dependency(t, d))
		}
		w.Groups[g.Name] = group
	}
	for _, d := range p.requires {
		w.Requires = append(w.Requires, c.dependency(t, d))
	}
	for _, x := range p.Extras {
		w.Extras[x.Name] = x.Dependencies
	}
	for _, s := range p.Scripts {
		if !s.File {
			w.Scripts[s.Name] = s.Reference
		}
	}
	for _, s := range p.Sources {
		w.Sources = append(w.Sources, [2]string{s.Name, s.Priority})
	}
	return w
}

// anyPython is what Poetry means by "*".
func anyPython(constraint string) string {
	if constraint == "*" {
		return "~2.7 || >=3.4"
	}
	return constraint
}

func (c *checker) dependency(t *testing.T, d Dependency) wantDependency {
	return wantDependency{
		Name: d.Name, Pretty: d.PrettyName, Constraint: allowed(t, pep440.ParseConstraint, d.Constraint, c.meaning.Versions), Marker: c.marker(t, d.Marker),
		Optional: d.Optional, InExtras: sorted(d.InExtras), Extras: sorted(d.Extras), Index: d.Source,
		Origin: origin(d), Prereleases: d.AllowPrereleases, Develop: d.Develop,
	}
}

// tidy leaves out what makes no difference: the same thing twice, a main group with
// nothing in it, and what is said of the versions of a direct origin.
func tidy(w wantProject) wantProject {
	for x, names := range w.Extras {
		w.Extras[x] = sorted(names)
	}
	for name, g := range w.Groups {
		w.Groups[name] = wantGroup{g.Optional, tidied(g.Dependencies)}
	}
	w.Requires = tidied(w.Requires)
	for name, reference := range w.Scripts {
		if !strings.Contains(reference, ":") {
			delete(w.Scripts, name) // it cannot be called: there is a warning
		}
	}
	if len(w.Groups["main"].Dependencies) == 0 {
		delete(w.Groups, "main")
	}
	return w
}

func tidied(dependencies []wantDependency) (all []wantDependency) {
	for _, d := range dependencies {
		if d.Origin[0] != "" {
			d.Constraint, d.Prereleases = "", false
		}
		if !slices.ContainsFunc(all, func(o wantDependency) bool { return gocmp.Equal(o, d, cmpopts.EquateEmpty()) }) {
			all = append(all, d)
		}
	}
	return all
}

func sorted(names []string) []string {
	all := slices.Clone(names)
	slices.Sort(all)
	return slices.Compact(all)
}

// origin names a direct origin as poetry-core does.
func origin(d Dependency) [4]string {
	switch {
	case d.Git != "":
		url := d.Git
		if user, place, ok := strings.Cut(url, "@"); ok && !strings.Contains(url, "://") {
			url = "ssh://" + user + "@" + strings.Replace(place, ":", "/", 1)
		}
		return [4]string{"git", url, cmp.Or(d.Branch, d.Tag, d.Rev, "HEAD"), d.Subdirectory}
	case d.URL != "":
		return [4]string{"url", d.URL, "", d.Subdirectory}
	case strings.HasSuffix(d.Path, ".whl"):
		return [4]string{"file", d.Path}
	case d.Path != "":
		return [4]string{"directory", filepath.Join(d.Path, d.Subdirectory)}
	}
	return [4]string{}
}

func (c *checker) key(want vector) {
	var keys []string
	for k, v := range want.Key {
		keys = append(keys, fmt.Sprintf("%s = %q", k, v))
	}
	p, _, err := parse(head + "[tool.poetry.dependencies]\nb = {version = \"*\", " + strings.Join(keys, ", ") + "}\n")
	if (err != nil) != (want.Error != "") {
		c.t.Errorf("%v: %v, want %q", want.Key, err, want.Error)
		return
	}
	if err != nil {
		return
	}
	marker := p.Groups[0].Dependencies[0].Marker
	if got := c.marker(c.t, marker); got != want.Marker {
		c.t.Errorf("%v: %s\nholds at %s\nnot at   %s", want.Key, marker, c.where(got), c.where(want.Marker))
	}
}

func allowed(t *testing.T, parse func(string) (pep440.Constraint, error), text string, versions []string) string {
	constraint, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return bits(versions, func(s string) bool {
		v, err := pep440.ParseVersion(s)
		return err == nil && constraint.Allows(v)
	})
}

func (c *checker) marker(t *testing.T, text string) string {
	marker, err := pep508.ParseMarker(text)
	if err != nil {
		t.Fatal(err)
	}
	return bits(c.meaning.Places, func(place [3]string) bool {
		machine := map[string]string{"linux": "x86_64", "darwin": "arm64", "win32": "AMD64"}[place[1]]
		return marker.Evaluate(pep508.NewEnvironment(place[0], place[1], machine).WithExtras(strings.Fields(place[2])))
	})
}

// where reads the bits of a marker.
func (c *checker) where(marker string) string {
	n, _ := new(big.Int).SetString(marker, 16)
	var all []string
	for i, place := range c.meaning.Places {
		if n.Bit(len(c.meaning.Places)-1-i) == 1 {
			all = append(all, strings.TrimRight(strings.Join(place[:], ":"), ":"))
		}
	}
	return strings.Join(all, " ")
}

func bits[T any](all []T, holds func(T) bool) string {
	n := new(big.Int)
	for _, one := range all {
		n.Lsh(n, 1)
		if holds(one) {
			n.SetBit(n, 0, 1)
		}
	}
	return n.Text(16)
}
