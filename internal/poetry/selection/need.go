package selection

import (
	"path"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// need is one dependency, of the project or of a locked package, as the walk sees it.
type need struct {
	name     string
	extras   []string // canonical, sorted
	versions pep440.Constraint
	origin   origin
	by       string // who asks: a package's name, or "" for the project
	at       source.Range
}

// origin is where a dependency must come from; the zero origin is anywhere.
type origin struct {
	kind      string // "git", "url", "path", "" for an index
	url       string
	reference string // git: branch, tag or commit; index: the source's name
}

func originOf(git, branch, tag, rev, url, file, index string) origin {
	switch {
	case git != "":
		return origin{"git", git, firstOf(rev, tag, branch)}
	case url != "":
		return origin{"url", url, ""}
	case file != "":
		return origin{"path", file, ""}
	}
	return origin{reference: index}
}

func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

func (w *walker) rootNeed(d pyproject.Dependency) (need, error) {
	n := need{
		name: d.Name, extras: sorted(d.Extras), at: d.At,
		origin: originOf(d.Git, d.Branch, d.Tag, d.Rev, d.URL, d.Path, d.Source),
	}
	return w.with(n, d.Constraint)
}

func (w *walker) lockedNeed(pkg *lockfile.Package, d lockfile.Dependency) (need, error) {
	n := need{
		name: d.Name, extras: sorted(d.Extras), at: d.At, by: pkg.Name,
		origin: originOf(d.Git, d.Branch, d.Tag, d.Rev, d.URL, d.Path, d.Source),
	}
	return w.with(n, d.Constraint)
}

func (w *walker) with(n need, constraint string) (need, error) {
	if constraint == "" || n.origin.kind != "" {
		constraint = "*"
	}
	versions, err := w.constraint(constraint)
	if err != nil {
		return n, source.Errorf(n.at, "%s: %v", n.name, err)
	}
	n.versions = versions
	return n, nil
}

// String returns the dependency as messages show it: "urllib3 >=2".
func (n need) String() string {
	text := n.name
	if c := n.versions.String(); c != "*" {
		text += " " + c
	}
	if from := firstOf(n.origin.url, n.origin.reference); from != "" {
		text += " from " + from
	}
	return text
}

func sorted(extras []string) []string {
	all := canonical(extras)
	slices.Sort(all)
	return slices.Compact(all)
}

// satisfies follows poetry-core's Package.satisfies: version and origin.
func (w *walker) satisfies(p *lockfile.Package, n need) bool {
	v, ok := w.versions[p]
	return n.origin.allows(p.Source) && (!ok || n.versions.Allows(v))
}

// allows compares origins. Locks write paths and git references in several ways:
// what both sides say must agree.
func (o origin) allows(s *lockfile.Source) bool {
	if o.kind == "" {
		return o.allowsIndex(s)
	}
	if s == nil {
		return false
	}
	switch o.kind {
	case "git":
		return s.Type == "git" && repository(s.URL) == repository(o.url) && o.sameReference(s)
	case "url":
		return s.Type == "url" && s.URL == o.url
	}
	return s.Type == "directory" || s.Type == "file" && path.Base(s.URL) == path.Base(o.url)
}

// allowsIndex compares the names of indexes; a package of PyPI has no source.
func (o origin) allowsIndex(s *lockfile.Source) bool {
	switch {
	case o.reference == "":
		return true
	case s == nil:
		return strings.EqualFold(o.reference, "pypi")
	}
	return s.Type == "legacy" && strings.EqualFold(s.Reference, o.reference)
}

func (o origin) sameReference(s *lockfile.Source) bool {
	return o.reference == "" || s.Reference == "" || s.Reference == o.reference ||
		strings.HasPrefix(s.ResolvedReference, o.reference) || strings.HasPrefix(s.Reference, o.reference)
}

func repository(url string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(url), "/"), ".git")
}

// holds evaluates a marker's text; at is where it stands.
func holds(marker string, at source.Range, env pep508.Environment) (pep508.Marker, bool, error) {
	m, err := pep508.ParseMarker(marker)
	if err != nil {
		return m, false, source.Errorf(at, "%v", err)
	}
	return m, m.Evaluate(env), nil
}
