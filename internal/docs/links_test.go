package docs

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/lint"
)

// ours starts the address of a file of this repository. Pages of the site have to use it for
// what is outside of docs.
const ours = "https://github.com/quatrain-build/quatrain/"

// Every link leads to a file, and its anchor to a heading.
func TestLinks(t *testing.T) {
	pages := readPages(t)
	count := 0
	for _, p := range pages {
		for _, l := range p.links {
			target, fragment, _ := strings.Cut(l.target, "#")
			file, isFile := resolve(p.name, target)
			if !isFile {
				continue
			}
			count++
			if _, err := os.Stat(filepath.Join(root, file)); err != nil {
				t.Errorf("%s:%d: there is no %s", p.name, l.line, file)
				continue
			}
			if strings.HasPrefix(p.name, "docs/") && !strings.HasPrefix(file, "docs/") && !strings.HasPrefix(target, ours) {
				t.Errorf("%s:%d: %s is not on the site: write %sblob/main/%s", p.name, l.line, target, ours, file)
			}
			other, isPage := pages[file]
			switch {
			case !isPage || fragment == "":
			case !slices.Contains(other.anchors, fragment):
				t.Errorf("%s:%d: %s has no heading #%s", p.name, l.line, file, fragment)
			case strings.Contains(fragment, "--"):
				t.Errorf("%s:%d: #%s is another anchor on the site: choose another heading", p.name, l.line, fragment)
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d links were found", count)
	}
}

// resolve returns the file of this repository that a link on a page leads to.
func resolve(page, target string) (file string, ok bool) {
	if inside, own := strings.CutPrefix(target, ours); own {
		for _, prefix := range []string{"blob/main/", "tree/main/"} {
			if file, ok := strings.CutPrefix(inside, prefix); ok {
				return file, true
			}
		}
		return "", false
	}
	switch {
	case strings.Contains(target, "://"), strings.HasPrefix(target, "mailto:"):
		return "", false
	case target == "":
		return page, true
	}
	return path.Join(path.Dir(page), target), true
}

// Two headings of one name have anchors that differ between GitHub and the site.
func TestAnchorsAreUnique(t *testing.T) {
	for _, p := range readPages(t) {
		if p.name == "CHANGELOG.md" || p.name == "docs/benchmarks.md" { // nobody links into them
			continue
		}
		seen := map[string]bool{}
		for _, a := range p.anchors {
			if seen[a] {
				t.Errorf("%s has two headings #%s", p.name, a)
			}
			seen[a] = true
		}
	}
}

// Each rule of --check is explained, and no other is.
func TestRulesAreExplained(t *testing.T) {
	anchors := readPages(t)["docs/troubleshooting.md"].anchors
	i := slices.Index(anchors, "rules")
	if i < 0 {
		t.Fatalf("no heading for the rules among %q", anchors)
	}
	explained := anchors[i+1:]
	for _, r := range lint.Rules() {
		name := strings.ToLower(r.Name)
		if !slices.Contains(explained, name) {
			t.Errorf("docs/troubleshooting.md does not explain the rule %s", r.Name)
		}
		explained = slices.DeleteFunc(slices.Clone(explained), func(a string) bool { return a == name })
	}
	if len(explained) > 0 {
		t.Errorf("docs/troubleshooting.md explains %q, which are no rules", explained)
	}
}

// Every decision is in the index, and every page of the docs on the first one.
func TestIndexes(t *testing.T) {
	pages := readPages(t)
	for index, skip := range map[string]string{"docs/decisions/README.md": "", "docs/index.md": "docs/decisions/0"} {
		var listed []string
		for _, l := range pages[index].links {
			if file, ok := resolve(index, l.target); ok {
				listed = append(listed, file)
			}
		}
		for name := range pages {
			inside := strings.HasPrefix(name, path.Dir(index)+"/") && name != index
			if inside && (skip == "" || !strings.HasPrefix(name, skip)) && !slices.Contains(listed, name) {
				t.Errorf("%s does not list %s", index, name)
			}
		}
	}
}

// Newcomers find every package on the page that says what is in which.
func TestPackagesAreListed(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "docs/architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]bool{}
	for _, pattern := range []string{"frontend/*/*.go", "internal/*/*.go", "internal/*/*/*.go"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			name, err := filepath.Rel(root, filepath.Dir(file))
			if err != nil {
				t.Fatal(err)
			}
			packages[filepath.ToSlash(name)] = true
		}
	}
	if len(packages) < 30 {
		t.Fatalf("only %d packages", len(packages))
	}
	for name := range packages {
		if strings.Contains(name, "/testdata") || strings.HasSuffix(name, "/write") {
			continue
		}
		if !strings.Contains(string(data), "`"+name+"`") {
			t.Errorf("docs/architecture.md does not list %s", name)
		}
	}
}

// The README stays short enough to be read.
func TestREADMEIsShort(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(data), "\n"); n > 100 {
		t.Errorf("README.md has %d lines, more than 100: move some to docs", n)
	}
}
