package lockfile

import (
	"path"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// listed are the files that [metadata.files] of a 1.x lock has under one name.
// Several versions of a name share the list: each package finds its own without a
// look at the others, of which hostile locks have many.
type listed struct {
	byVersion map[string][]File // by the version in the file's name
	byFile    map[string]File
}

// indexFiles reads [metadata.files] by canonical name: packages and files need not
// spell it alike.
func (p *parser) indexFiles(files *source.Table) {
	p.byName = map[string]listed{}
	for _, e := range entries(files) {
		name := pep508.CanonicalName(e.Key)
		l := listed{map[string][]File{}, map[string]File{}}
		for _, f := range p.files(e.Value) {
			l.byFile[f.Name] = f
			if v, err := pep440.ParseVersion(fileVersion(f.Name, name)); err == nil {
				l.byVersion[v.Key()] = append(l.byVersion[v.Key()], f)
			}
		}
		p.byName[name] = l
	}
}

// legacyFiles finds a package's files in [metadata.files] of 1.x locks
// (locker.py, _get_locked_package): those of which the name says its version, which
// Poetry gets from the index. What names no version could not be installed.
func (p *parser) legacyFiles(t *source.Table, pkg *Package) []File {
	l, ok := p.byName[pkg.Name]
	if s := pkg.Source; s != nil {
		switch s.Type {
		case "git", "directory", "url":
			return nil // what is listed is another entry's
		case "file":
			if own, ok := l.byFile[path.Base(s.URL)]; ok {
				return []File{own}
			}
		}
	}
	if !ok {
		p.missing(t, pkg, "files")
	}
	v, err := pep440.ParseVersion(pkg.Version.Value)
	if err != nil || pkg.Source != nil && pkg.Source.Type == "file" {
		return nil
	}
	return l.byVersion[v.Key()]
}

func fileVersion(file, name string) string {
	if strings.HasSuffix(file, ".whl") || strings.HasSuffix(file, ".egg") {
		parts := strings.Split(file, "-")
		if len(parts) < 2 {
			return ""
		}
		return strings.TrimSuffix(parts[1], ".egg")
	}
	for _, ext := range []string{".tar.gz", ".tar.bz2", ".tar.xz", ".tar.Z", ".zip", ".tgz", ".tar", ".exe", ".msi"} {
		stem, ok := strings.CutSuffix(file, ext)
		if !ok {
			continue
		}
		// The name may hold dashes: it ends where its canonical form does.
		for i := range stem {
			if stem[i] == '-' && pep508.CanonicalName(stem[:i]) == name {
				return stem[i+1:]
			}
		}
	}
	return ""
}
