package plan

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// OriginKind says what sort of place a package comes from.
type OriginKind string

// The kinds of origins, as [package.source] of the lock has them.
const (
	FromIndex     OriginKind = "index"
	FromURL       OriginKind = "url"       // a file at an address
	FromFile      OriginKind = "file"      // a file of the build context
	FromDirectory OriginKind = "directory" // a folder of the build context
	FromGit       OriginKind = "git"
	FromContext   OriginKind = "context" // a build context that takes the place of one of those
)

// Origin is where a package comes from.
type Origin struct {
	Kind         OriginKind
	Index        Index  // FromIndex, FromURL
	URL          string // FromURL: the file's address; FromGit: the remote
	Path         string // FromFile, FromDirectory: relative to the project's folder; FromContext: the context's name
	Requested    string // FromGit: the branch, tag or revision that was asked for
	Commit       string // FromGit: hex
	Subdirectory string // of a git tree or an unpacked archive, "" for its root
	Develop      bool   // FromDirectory: asked to be editable
	HostNamed    bool   // FromGit: pyproject.toml has a git dependency on this scheme, host and port
}

// String returns a short form on one line: the index's name, or the address without a
// password.
func (o Origin) String() string {
	switch o.Kind {
	case FromIndex:
		return o.Index.Name
	case FromGit:
		return "git+" + o.PlainURL() + "@" + o.Commit
	case FromURL:
		return o.PlainURL()
	}
	return string(o.Kind) + ":" + o.Path
}

// IsTree says whether a source tree stands there, not a distribution file.
func (o Origin) IsTree() bool {
	return o.Kind == FromGit || o.Kind == FromDirectory || o.Kind == FromContext
}

var commitID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// originOf reads the source of a locked package.
// Errors: a source that pyproject.toml does not define, a git entry without a
// commit, a kind that is not known.
func originOf(in Input, pkg *lockfile.Package) (Origin, error) {
	s := pkg.Source
	if s == nil {
		return Origin{Kind: FromIndex, Index: defaultIndex(in.Project)}, nil
	}
	switch s.Type {
	case "legacy":
		index, err := namedIndex(in.Project, pkg)
		return Origin{Kind: FromIndex, Index: index}, err
	case "url":
		return urlOrigin(in.Project, pkg)
	case "file", "directory":
		return Origin{Kind: OriginKind(s.Type), Path: path.Clean(s.URL), Subdirectory: s.Subdirectory, Develop: pkg.Develop}, nil
	case "git":
		return gitOrigin(in.Project, pkg)
	}
	return Origin{}, source.Errorf(s.At, "%s: unknown source type %q", pkg.Name, s.Type).
		WithHint("Use git, url, file, directory or legacy, as Poetry writes them.")
}

// urlOrigin reads the source of a url dependency. Errors: an address that is signed, since
// it would be visible in the graph, or that is not an http or https URL.
func urlOrigin(p *pyproject.Project, pkg *lockfile.Package) (Origin, error) {
	s := pkg.Source
	u, err := url.Parse(s.URL)
	if err != nil || !address.IsHTTP(u) {
		return Origin{}, source.Errorf(s.At, "%s: the address is not an http or https URL", pkg.Name).
			WithHint("Correct the `url` of %s in pyproject.toml and run `poetry lock`.", pkg.Name)
	}
	if address.IsSigned(u) {
		return Origin{}, source.Errorf(s.At, "the address of %s has a token or signature in its query, visible to everyone who can read the lock or the build's record", pkg.Name).
			WithHint("Use an address without it, and pass the login as a build secret (docs/private-code.md).")
	}
	plain := address.WithoutLogin(u)
	index := withLogin(p, Index{Name: pkg.Name, URL: plain}, loginFor(p, pkg.Name, plain))
	return Origin{Kind: FromURL, URL: plain, Subdirectory: s.Subdirectory, Index: index}, nil
}

// override returns the build context that replaces a package, if the request has one by its
// name: a working copy of what the lock names. A package of an index has no such copy. For a
// file it is the folder that holds the file.
func override(in Input, name string, o Origin) Origin {
	context, ok := in.Contexts[name]
	if !ok || o.Kind == FromIndex || o.Kind == FromFile {
		return o
	}
	return Origin{Kind: FromContext, Path: context, Subdirectory: o.Subdirectory}
}

// gitOrigin takes the commit from resolved_reference, which locks before 1.1 do
// not have: there it is the reference.
func gitOrigin(p *pyproject.Project, pkg *lockfile.Package) (Origin, error) {
	s := pkg.Source
	remote := address.Public(s.URL)
	if remote == "" {
		return Origin{}, source.Errorf(s.At, "the address of the git repository of %s cannot be parsed", pkg.Name).
			WithHint("Correct the `git` address of %s in pyproject.toml and run `poetry lock`.", pkg.Name)
	}
	o := Origin{Kind: FromGit, URL: remote, Requested: s.Reference, Commit: s.ResolvedReference, Subdirectory: s.Subdirectory}
	if o.Commit == "" {
		o.Commit = s.Reference
	}
	o.HostNamed = namesGitHost(p, s.URL)
	if !commitID.MatchString(o.Commit) {
		return Origin{}, source.Errorf(s.At, "the lock does not name the commit of %s: resolved_reference is %q", pkg.Name, s.ResolvedReference).
			WithHint("Run `poetry lock` to write it.")
	}
	return o, nil
}

func namedIndex(p *pyproject.Project, pkg *lockfile.Package) (Index, error) {
	for _, s := range p.Sources {
		if strings.EqualFold(s.Name, pkg.Source.Reference) { // names have no case (poetry/repositories/repository_pool.py)
			return indexFrom(p, s), nil
		}
	}
	return Index{}, source.Errorf(pkg.Source.At, "%s: source %q is not defined in pyproject.toml", pkg.Name, pkg.Source.Reference).
		WithHint("Add it as [[tool.poetry.source]] with name = %q and run `poetry lock`.", pkg.Source.Reference)
}

// defaultIndex returns the index of packages whose lock entry names no source: PyPI if
// the project lists it, at whatever place and priority, or if it has no primary source;
// otherwise the first primary source (poetry/installation/chooser.py, _get_repository, and
// poetry/factory.py, create_pool).
func defaultIndex(p *pyproject.Project) Index {
	if i := slices.IndexFunc(p.Sources, pyproject.Source.IsPyPI); i >= 0 {
		return indexFrom(p, p.Sources[i])
	}
	if i := slices.IndexFunc(p.Sources, isPrimary); i >= 0 {
		return indexFrom(p, p.Sources[i])
	}
	return PyPI
}

func isPrimary(s pyproject.Source) bool {
	return s.Priority == "primary" || s.Priority == "default" || s.Priority == ""
}

// singlePage matches the address of a source that is one page with the links of all
// packages (poetry/factory.py, create_package_source).
var singlePage = regexp.MustCompile(`\.html?$`)

// indexFrom returns a source as an index, without the login that its address may have. Its
// address ends in "/", unless it is that of a single page.
func indexFrom(p *pyproject.Project, s pyproject.Source) Index {
	if s.URL == "" {
		return Index{Name: s.Name, URL: PyPI.URL}
	}
	at := address.Public(s.URL)
	if !singlePage.MatchString(at) {
		at = strings.TrimRight(at, "/") + "/"
	}
	return withLogin(p, Index{Name: s.Name, URL: at}, s.Name)
}

// DirectURL returns the contents of direct_url.json (PEP 610) as Poetry writes it
// (poetry/installation/executor.py), or "" for a package from an index. root is the project's
// folder in the image. A password in an address is left out.
func (p Package) DirectURL(root string) string {
	type fields map[string]any
	archive := fields{}
	if p.SHA256 != "" {
		archive["hashes"] = map[string]string{"sha256": p.SHA256}
	}
	var reference fields
	switch o := p.Origin; o.Kind {
	case FromGit:
		reference = fields{"url": o.RemoteURL(), "vcs_info": fields{
			"vcs": "git", "requested_revision": o.Requested, "commit_id": o.Commit,
		}}
		if o.Subdirectory != "" {
			reference["subdirectory"] = o.Subdirectory
		}
	case FromURL:
		reference = fields{"url": address.Public(o.URL), "archive_info": archive}
	case FromFile:
		reference = fields{"url": fileURL(root, o.Path), "archive_info": archive}
	case FromDirectory:
		reference = fields{"url": fileURL(root, o.Path), "dir_info": fields{}}
	default:
		return ""
	}
	text, err := json.Marshal(reference) // sorts the keys
	if err != nil {
		return "" // cannot be: strings and maps of them
	}
	return string(text)
}

// PlainURL returns the address without a password, for messages.
func (o Origin) PlainURL() string { return address.Public(o.URL) }

// RemoteURL returns a git remote as a URL, without a password: git@host:path becomes
// ssh://git@host/path.
func (o Origin) RemoteURL() string {
	plain := address.Public(o.URL)
	host, place, scp := strings.Cut(plain, ":")
	if !scp || strings.Contains(plain, "://") {
		return plain
	}
	return "ssh://" + host + "/" + strings.TrimPrefix(place, "/")
}

// fileURL quotes as Python's Path.as_uri does: all but letters, digits and "_.-~".
func fileURL(root, name string) string {
	var b strings.Builder
	for _, c := range []byte(path.Join(root, name)) {
		if c == '/' || c == '_' || c == '.' || c == '-' || c == '~' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return "file://" + b.String()
}
