package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

// sourcesOf writes [[tool.poetry.source]] tables: "company primary", "PyPI".
func sourcesOf(sources ...string) string {
	var b strings.Builder
	for _, s := range sources {
		name, priority, _ := strings.Cut(s, " ")
		fmt.Fprintf(&b, "[[tool.poetry.source]]\nname = %q\n", name)
		if !strings.EqualFold(name, "pypi") {
			fmt.Fprintf(&b, "url = \"https://%s.example/simple\"\n", name)
		}
		if priority != "" {
			fmt.Fprintf(&b, "priority = %q\n", priority)
		}
	}
	return b.String()
}

// A package whose lock entry names no source comes from PyPI if the project lists it,
// whatever its place and priority.
func TestDefaultIndex(t *testing.T) {
	company := Index{Name: "company", URL: "https://company.example/simple/", Login: "company"}
	listed := Index{Name: "PyPI", URL: PyPI.URL}
	for _, c := range []struct {
		sources []string
		want    Index
	}{
		{nil, PyPI},
		{[]string{"company"}, company},
		{[]string{"company primary"}, company},
		{[]string{"company supplemental"}, PyPI},
		{[]string{"company explicit"}, PyPI},
		{[]string{"other supplemental", "company primary", "third"}, company},
		{[]string{"other explicit", "company primary"}, company},
		{[]string{"PyPI", "company"}, listed},
		{[]string{"company", "PyPI"}, listed},
		{[]string{"company", "PyPI primary"}, listed},
		{[]string{"company", "PyPI supplemental"}, listed},
		{[]string{"company", "PyPI explicit"}, listed},
		{[]string{"company supplemental", "PyPI supplemental"}, listed},
		{[]string{"company", "pypi"}, PyPI},
	} {
		got := defaultIndex(project(t, sourcesOf(c.sources...)))
		got.Others = "" // not what this is about
		if got != c.want {
			t.Errorf("%q: %v, want %v", c.sources, got, c.want)
		}
	}
}

// Poetry looks sources up by their names in lower case.
func TestNamedIndex(t *testing.T) {
	p := project(t, sourcesOf("Company", "other"))
	pkg := &lockfile.Package{Name: "demo", Source: &lockfile.Source{Type: "legacy", Reference: "company"}}
	if got, err := namedIndex(p, pkg); err != nil || got.URL != "https://Company.example/simple/" {
		t.Errorf("%v, %v", got, err)
	}
	pkg.Source.Reference = "third"
	if _, err := namedIndex(p, pkg); len(source.All(err)) != 1 {
		t.Errorf("%v", err)
	}
}

// The address of a single page stays as it is; a simple index gets its slash.
func TestIndexFrom(t *testing.T) {
	for url, want := range map[string]string{
		"https://x.example/simple":              "https://x.example/simple/",
		"https://x.example/simple/":             "https://x.example/simple/",
		"https://x.example/simple//":            "https://x.example/simple/",
		"https://x.example/links.html":          "https://x.example/links.html",
		"https://x.example/links.htm":           "https://x.example/links.htm",
		"https://me:pw@x.example/links.html":    "https://x.example/links.html",
		"https://x.example/links.html/":         "https://x.example/links.html/",
		"https://x.example/links.HTML":          "https://x.example/links.HTML/",
		"https://x.example/links.xhtml":         "https://x.example/links.xhtml/",
		"https://x.example/html":                "https://x.example/html/",
		"https://x.example/links.html?x=a.html": "https://x.example/links.html?x=a.html",
	} {
		p := project(t, fmt.Sprintf("[[tool.poetry.source]]\nname = \"x\"\nurl = %q\n", url))
		if got := indexFrom(p, p.Sources[0]).URL; got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
}
