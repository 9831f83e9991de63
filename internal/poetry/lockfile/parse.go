package lockfile

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// The newest format that is known (locker.py, _VERSION), which has groups and
// markers, and those that are read (_READ_VERSION_RANGE).
var (
	newestKnown, _  = pep440.ParseVersion("2.1")
	oldestRead, _   = pep440.ParseVersion("1")
	readVersions, _ = pep440.ParseConstraint(">=1,<3")
)

// Parse reads a poetry.lock. Warnings are about a lock that is newer than this
// code knows. Errors are those for which Poetry 2 refuses a lock, with its reason,
// and values of a wrong type; all are positioned and joined.
func Parse(f *source.File) (*Lock, []*source.Error, error) {
	root, err := source.ParseTOML(f)
	if err != nil {
		var e *source.Error
		if errors.As(err, &e) {
			err = e.WithHint("%s", unreadableHint(f.Data))
		}
		return nil, nil, err
	}
	p := &parser{Reader: source.Reader{Hint: regenerate}, lock: &Lock{File: f, Generator: generator(f.Data)}}
	warnings, err := p.metadata(root)
	if err != nil {
		return nil, nil, err
	}
	p.extras(root)
	p.indexFiles(root.Sub("metadata", "files"))
	packages := p.Tables(root.Get("package"))
	if len(packages) > maxPackages {
		return nil, nil, source.Errorf(packages[maxPackages].At, "the lock has more than %d packages", maxPackages)
	}
	for _, t := range packages {
		p.lock.Packages = append(p.lock.Packages, p.pkg(t))
	}
	return p.lock, warnings, errors.Join(p.Errs...)
}

// unreadableHint returns what to do about a file that is not TOML.
func unreadableHint(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/")):
		return "It is a pointer of Git LFS: run `git lfs pull` before the build."
	case conflictMarker.Match(data):
		return "It has conflict markers of git: take one side of the conflict, and run `poetry lock`."
	}
	return regenerate
}

var conflictMarker = regexp.MustCompile(`(?m)^<{7} .*\r?$`)

// What bounds a lock. The largest that are known have some hundreds of packages, each with
// as many dependencies and files at most.
const (
	maxPackages     = 10_000
	maxDependencies = 10_000 // of a package
	maxFiles        = 10_000 // of a package
)

// most refuses a package that has too many of something.
func (p *parser) most(pkg *Package, at source.Range, n, limit int, what string) bool {
	if n > limit {
		p.Errs = append(p.Errs, source.Errorf(at, "package %s has more than %d %s", pkg.PrettyName, limit, what))
	}
	return n <= limit
}

type parser struct {
	source.Reader
	lock   *Lock
	byName map[string]listed // [metadata.files] of 1.x, by canonical name
}

const regenerate = "Run `poetry lock` to regenerate it."

// As loose as Poetry's own expression (locker.py, is_fresh).
var headerVersion = regexp.MustCompile(`Poetry ([^ ]+)`)

// generator returns the Poetry version in the lock's first line, or "".
func generator(data []byte) string {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	if m := headerVersion.FindSubmatch(line); m != nil {
		if text := strings.TrimSpace(string(m[1])); isVersion(text) {
			return text
		}
	}
	return ""
}

func isVersion(text string) bool {
	_, err := pep440.ParseVersion(text)
	return err == nil
}

// metadata reads [metadata] and refuses formats that Poetry 2 does not read.
func (p *parser) metadata(root *source.Table) ([]*source.Error, error) {
	m := p.Table(root.Get("metadata"))
	if len(p.Errs) > 0 {
		return nil, errors.Join(p.Errs...)
	}
	if m == nil {
		return nil, source.Errorf(source.Whole(p.lock.File), "the lock file does not have a metadata entry").
			WithHint(regenerate)
	}
	p.lock.Version = p.Text(m.Get("lock-version"))
	p.lock.PythonVersions = p.Text(m.Get("python-versions"))
	p.lock.ContentHash = p.Text(m.Get("content-hash"))
	if p.lock.Version.At.IsZero() {
		p.lock.Version.At = m.At
	}
	if len(p.Errs) > 0 {
		return nil, errors.Join(p.Errs...)
	}
	return p.version()
}

func (p *parser) version() ([]*source.Error, error) {
	v := p.lock.Version
	if v.Value == "" {
		return nil, source.Errorf(v.At, "no lock-version: the lock was written by Poetry 1.0 or older").
			WithHint("Run `poetry lock` with Poetry 2 to regenerate it.")
	}
	version, err := pep440.ParseVersion(v.Value)
	switch {
	case err != nil || version.Compare(oldestRead) < 0:
		return nil, source.Errorf(v.At, "invalid lock-version %q", v.Value).
			WithHint("Run `poetry lock` with Poetry 2 to regenerate it.")
	case !readVersions.Allows(version):
		return nil, source.Errorf(v.At, "lock-version %s is newer than this version of Quatrain can read", v.Value).
			WithHint("Use a newer Quatrain, or write the lock with Poetry 2.")
	}
	p.lock.older = version.Compare(newestKnown) < 0
	if version.Compare(newestKnown) > 0 {
		return []*source.Error{source.Errorf(v.At, "lock-version %s is newer than this version of Quatrain knows; it might not be read properly", v.Value).
			WithHint("Use a newer Quatrain, or write the lock with an older Poetry 2.")}, nil
	}
	return nil, nil
}

func (p *parser) extras(root *source.Table) {
	p.lock.Extras = map[string][]string{}
	for _, e := range entries(p.Table(root.Get("extras"))) {
		p.lock.Extras[pep508.CanonicalName(e.Key)] = p.Strings(e.Value)
	}
}

func entries(t *source.Table) []source.Entry {
	if t == nil {
		return nil
	}
	return t.Entries
}

func (p *parser) pkg(t *source.Table) *Package {
	name := p.Text(t.Get("name"))
	pkg := &Package{
		At: t.At, Name: pep508.CanonicalName(name.Value), PrettyName: name.Value,
		Version: p.Text(t.Get("version")), Optional: p.True(t.Get("optional")),
		PythonVersions: p.String(t.Get("python-versions")), Develop: p.True(t.Get("develop")),
		Groups: p.Strings(t.Get("groups")), Extras: map[string][]string{},
	}
	if name.Value == "" || pkg.Version.Value == "" {
		p.Errs = append(p.Errs, source.Errorf(t.At, "a package has no name or version").
			WithHint(regenerate))
		return pkg
	}
	if !name.At.IsZero() {
		pkg.At = source.Range{File: t.At.File, Start: t.At.Start, End: pkg.Version.At.End}
	}
	pkg.Markers = p.markers(t.Get("markers"))
	pkg.Source = p.source(t.Get("source"))
	for _, e := range entries(p.Table(t.Get("extras"))) {
		pkg.Extras[pep508.CanonicalName(e.Key)] = p.Strings(e.Value)
	}
	for _, e := range entries(p.Table(t.Get("dependencies"))) {
		some := p.dependencies(e)
		if !p.most(pkg, e.KeyAt, len(pkg.Dependencies)+len(some), maxDependencies, "dependencies") {
			break
		}
		pkg.Dependencies = append(pkg.Dependencies, some...)
	}
	if files := p.files(t.Get("files")); p.most(pkg, pkg.At, len(files), maxFiles, "files") {
		pkg.Files = files
	}
	if t.Get("files") == nil {
		if files := p.legacyFiles(t, pkg); p.most(pkg, pkg.At, len(files), maxFiles, "files") {
			pkg.Files = files
		}
	}
	if p.lock.HasGroups() && t.Get("groups") == nil {
		p.missing(t, pkg, "groups")
	}
	return pkg
}

// missing refuses a package without a key that Poetry cannot do without.
func (p *parser) missing(t *source.Table, pkg *Package, key string) {
	p.Errs = append(p.Errs, source.Errorf(t.At, "package %s has no %s", pkg.PrettyName, key).
		WithHint(regenerate))
}

func (p *parser) markers(v *source.Value) Markers {
	if v == nil {
		return Markers{}
	}
	m := Markers{At: v.At}
	if v.Kind != source.TableKind {
		m.All = p.String(v)
		return m
	}
	m.ByGroup = map[string]string{}
	for _, e := range v.Table.Entries {
		m.ByGroup[e.Key] = p.String(e.Value)
	}
	return m
}

func (p *parser) source(v *source.Value) *Source {
	t := p.Table(v)
	if t == nil {
		return nil
	}
	return &Source{
		At: v.At, Type: p.String(t.Get("type")), URL: p.String(t.Get("url")),
		Reference: p.String(t.Get("reference")), ResolvedReference: p.String(t.Get("resolved_reference")),
		Subdirectory: p.String(t.Get("subdirectory")),
	}
}

// maxFileName is what file systems allow.
const maxFileName = 255

func (p *parser) files(v *source.Value) []File {
	var all []File
	for _, t := range p.Tables(v) {
		name := p.Text(t.Get("file"))
		hash := p.Text(t.Get("hash"))
		switch {
		case len(name.Value) > maxFileName || strings.ContainsAny(name.Value, "/\\\x00\n") || name.Value == ".." || name.Value == ".":
			p.Errs = append(p.Errs, source.Errorf(name.At, "%q is not a file name", name.Value))
			continue
		case name.Value == "" || hash.Value == "":
			p.Errs = append(p.Errs, source.Errorf(t.At, "a file has no name or hash").
				WithHint(regenerate))
			continue
		}
		all = append(all, File{Name: name.Value, Hash: hash.Value, At: t.At})
	}
	return all
}
