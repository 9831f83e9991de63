package lockfile

import (
	"path"
	"strings"

	"github.com/quatrain-build/quatrain/internal/pep440"
	"github.com/quatrain-build/quatrain/internal/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// indexFiles remembers [metadata.files] of 1.x locks by canonical name: packages
// and files need not spell it alike.
func (p *parser) indexFiles(files *source.Table) {
	p.byName = map[string]*source.Value{}
	for _, e := range entries(files) {
		p.byName[pep508.CanonicalName(e.Key)] = e.Value
	}
}

// legacyFiles finds a package's files in [metadata.files] of 1.x locks
// (locker.py, _get_locked_package). The list is by name: several versions of one
// name share it, so that the version in the file's name decides (Poetry gets it
// from the index).
func (p *parser) legacyFiles(t *source.Table, pkg *Package) []File {
	list := p.byName[pkg.Name]
	keep := func(f File) bool { return ofVersion(f.Name, pkg) }
	if s := pkg.Source; s != nil {
		switch s.Type {
		case "git", "directory", "url":
			return nil // what is listed is another entry's
		case "file":
			own := path.Base(s.URL)
			keep = func(f File) bool { return f.Name == own }
		}
	}
	if list == nil {
		p.missing(t, pkg, "files")
	}
	var own []File
	for _, f := range p.files(list) {
		if keep(f) {
			own = append(own, f)
		}
	}
	return own
}

// ofVersion reports whether a file name carries the package's version. A name
// that carries none that can be read is kept: the hash still has to match.
func ofVersion(file string, pkg *Package) bool {
	want, err := pep440.ParseVersion(pkg.Version.Value)
	if err != nil {
		return true
	}
	text := fileVersion(file, pkg.Name)
	if text == "" {
		return true
	}
	got, err := pep440.ParseVersion(text)
	return err != nil || got.Compare(want) == 0
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
