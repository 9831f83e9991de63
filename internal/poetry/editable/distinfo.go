package editable

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/quatrain-build/quatrain/internal/names"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
)

// distInfo returns the files of a wheel's dist-info folder, sorted (poetry-core,
// masonry/builders/wheel.py, prepare_metadata).
func distInfo(p *pyproject.Project, tree fs.FS) ([]File, error) {
	docs := documents(p, tree)
	files := []File{
		{Path: "METADATA", Mode: 0o644, Data: []byte(p.CoreMetadata(docs))},
		{Path: "WHEEL", Mode: 0o644, Data: wheelFile(p)},
	}
	if points := entryPoints(p); len(points) > 0 {
		files = append(files, File{Path: "entry_points.txt", Mode: 0o644, Data: entryPointsFile(points)})
	}
	for _, name := range docs.LicenseFiles {
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: path.Join("licenses", name), Mode: 0o644, Data: data})
	}
	return files, nil
}

// origin says who installed the project, and from where (PEP 376, PEP 610).
func origin(root string) []File {
	u := url.URL{Scheme: "file", Path: root}
	return []File{
		{Path: "INSTALLER", Mode: 0o644, Data: []byte("quatrain")},
		{Path: "direct_url.json", Mode: 0o644, Data: []byte(`{"dir_info": {"editable": true}, "url": "` + u.String() + `"}`)},
	}
}

// wheelFile returns the WHEEL file of a project without a build script.
func wheelFile(p *pyproject.Project) []byte {
	tag := "py3-none-any"
	if supportsPython2(p.Python.Value) {
		tag = "py2.py3-none-any"
	}
	return fmt.Appendf(nil, "Wheel-Version: 1.0\nGenerator: quatrain\nRoot-Is-Purelib: true\nTag: %s\n", tag)
}

func supportsPython2(constraint string) bool {
	if constraint == "*" {
		return true // for poetry-core any Python is 2.7 or 3.4 and newer
	}
	all, err := pep440.ParseConstraint(constraint)
	if err != nil {
		return false
	}
	two, err := pep440.ParseConstraint(">=2.0.0,<3.0.0")
	return err == nil && all.AllowsAny(two)
}

// documents reads the project's readme and finds its license files. What is not
// there is left out, where Poetry refuses to install: an image needs none of them,
// and a context often has none.
func documents(p *pyproject.Project, tree fs.FS) pyproject.Documents {
	docs := pyproject.Documents{Readme: readme(p, tree), LicenseFiles: licenseFiles(p, tree)}
	if name := p.Metadata.LicenseFile; name != "" {
		data, _ := fs.ReadFile(tree, path.Clean(name))
		docs.License = string(data)
	}
	return docs
}

func readme(p *pyproject.Project, tree fs.FS) *string {
	if text := p.Metadata.ReadmeText; text != "" {
		return &text
	}
	var texts []string
	for _, name := range p.Readme {
		if data, err := fs.ReadFile(tree, path.Clean(name)); err == nil {
			texts = append(texts, string(data))
		}
	}
	if len(texts) == 0 {
		return nil
	}
	text := strings.Join(texts, "\n")
	return &text
}

// usualLicenses is where poetry-core looks without license-files
// (masonry/metadata.py, _license_files_from_package).
var usualLicenses = []string{"COPYING*", "LICEN[SC]E*", "AUTHORS*", "NOTICE*", "LICENSES/**/*"}

// licenseFiles returns the paths of the licence files, sorted.
func licenseFiles(p *pyproject.Project, tree fs.FS) []string {
	patterns := usualLicenses
	if p.Metadata.LicenseFiles != nil {
		patterns = nil
		for _, f := range p.Metadata.LicenseFiles {
			patterns = append(patterns, f.Value)
		}
	} else if name := p.Metadata.LicenseFile; name != "" {
		patterns = append([]string{path.Clean(name)}, usualLicenses...)
	}
	var all []string
	for _, pattern := range patterns {
		found, _ := doublestar.Glob(tree, pattern, doublestar.WithFilesOnly()) // a bad pattern finds nothing
		all = append(all, found...)
	}
	all = slices.DeleteFunc(all, func(name string) bool { return !names.IsLine(name) }) // no line of METADATA can name it
	slices.Sort(all)
	return slices.Compact(all)
}

// record lists the files with absolute paths and the line ends of Python's csv, as
// Poetry does here.
func record(files []File, own string) File {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		w.Write([]string{f.Path, "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:]), fmt.Sprint(len(f.Data))})
	}
	w.Write([]string{own, "", ""})
	w.Flush()
	return File{Path: own, Mode: 0o644, Data: b.Bytes()}
}
