// Package docs tests the documentation against the code.
package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the repository's folder.
const root = "../.."

// A page is a Markdown file.
type page struct {
	name     string // from the repository's folder, with slashes
	blocks   []block
	indented []block // code without a fence
	links    []link
	spans    []link // code in a line of text, with its line
	anchors  []string
}

// A block is code; a link is an inline one.
type (
	block struct {
		line     int // of its first line of code
		language string
		text     string
	}
	link struct {
		line   int
		target string
	}
)

// readPages reads what people read: pages at the top, in docs, and beside examples and tools.
func readPages(t *testing.T) map[string]page {
	t.Helper()
	pages := map[string]page{}
	for _, dir := range []string{".", ".github", "docs", "examples", "test/lab"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(name string, e fs.DirEntry, err error) error {
			rel, _ := filepath.Rel(root, name)
			switch {
			case err != nil:
				return err
			case e.IsDir() && dir == "." && rel != ".":
				return fs.SkipDir
			case e.IsDir() || filepath.Ext(name) != ".md":
				return nil
			}
			data, err := os.ReadFile(name)
			rel = filepath.ToSlash(rel)
			pages[rel] = parsePage(rel, string(data))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"README.md", "docs/index.md", "docs/decisions/README.md", "examples/orders/README.md"} {
		if _, ok := pages[name]; !ok {
			t.Fatalf("%s is not among the %d pages", name, len(pages))
		}
	}
	return pages
}

var (
	fence      = regexp.MustCompile("^( *)```(.*)$")
	heading    = regexp.MustCompile(`^#{1,6} +(.*?)(?: *\{#[\w-]+\})?$`)
	codeSpan   = regexp.MustCompile("`[^`]*`")
	inlineLink = regexp.MustCompile(`\]\(([^()\s]*)\)`)
)

func parsePage(name, text string) page {
	p := page{name: name}
	var open *block
	indent := ""
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		m := fence.FindStringSubmatch(line)
		switch {
		case open != nil && m != nil && m[2] == "":
			p.blocks = append(p.blocks, *open)
			open = nil
		case open != nil:
			open.text += strings.TrimPrefix(line, indent) + "\n"
		case m != nil:
			open, indent = &block{line: i + 2, language: m[2]}, m[1]
		case strings.HasPrefix(line, "    ") && (i == 0 || !startsItem(lines[:i])):
			if code := strings.TrimPrefix(line, "    "); !p.continues(i+1, code) {
				p.indented = append(p.indented, block{line: i + 1, text: code + "\n"})
			}
		case line == "":
			p.continues(i+1, "")
		default:
			if h := heading.FindStringSubmatch(line); h != nil {
				p.anchors = append(p.anchors, anchor(h[1]))
			}
			for _, span := range codeSpan.FindAllString(line, -1) {
				p.spans = append(p.spans, link{i + 1, strings.Trim(span, "`")})
			}
			for _, l := range inlineLink.FindAllStringSubmatch(codeSpan.ReplaceAllString(line, "``"), -1) {
				p.links = append(p.links, link{i + 1, l[1]})
			}
		}
	}
	return p
}

// continues adds a line to the indented block that ends before it, and reports whether there
// is one.
func (p *page) continues(number int, line string) bool {
	if len(p.indented) == 0 {
		return false
	}
	last := &p.indented[len(p.indented)-1]
	if last.line+strings.Count(last.text, "\n") != number {
		return false
	}
	last.text += line + "\n"
	return true
}

// startsItem reports whether indented lines go on with a list's item.
func startsItem(before []string) bool {
	for _, line := range slices.Backward(before) {
		if line != "" && !strings.HasPrefix(line, " ") {
			return regexp.MustCompile(`^([-*]|\d+\.) `).MatchString(line)
		}
	}
	return false
}

// anchor returns what GitHub makes of a heading. MkDocs makes the same of it, but for "--".
func anchor(heading string) string {
	heading = inlineLink.ReplaceAllString(strings.NewReplacer("`", "", "*", "").Replace(heading), "")
	kept := regexp.MustCompile(`[^\p{L}\p{N}\s_-]`).ReplaceAllString(strings.ToLower(heading), "")
	return strings.ReplaceAll(strings.TrimSpace(kept), " ", "-")
}
