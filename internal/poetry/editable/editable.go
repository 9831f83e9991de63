// Package editable writes the .pth file, the dist-info folder and the scripts that make a
// project importable without a build.
//
// It follows what `poetry install` does for the root project
// (poetry/masonry/builders/editable.py).
package editable

import (
	"io/fs"
	"path"
	"strings"

	"github.com/quatrain-build/quatrain/internal/names"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Target is where the files will stand.
type Target struct {
	Venv   string // "/opt/venv"
	Python string // minor version, "3.12"
	Root   string // the project's folder in the image, "/app"
	Table  string // where the form of the project is set, "[tool.quatrain]"; "" for a library
}

// File is one file to write, Path absolute.
type File struct {
	Path string
	Mode uint32
	Data []byte
}

// Files returns the files of the project's installation, in the order of Poetry's RECORD. It
// warns about scripts that do not exist, which Poetry leaves out too, and about links in
// packages that lead out of the image. Errors, joined: packages that are not found; a build
// script, which Poetry would run.
func Files(p *pyproject.Project, tree fs.FS, t Target) ([]File, []*source.Error, error) {
	if s := p.Layout.BuildScript; s.Value != "" {
		return nil, nil, source.Errorf(s.At, "the build script %s does not run with project = \"source\"", s.Value).
			WithHint("Set project = \"wheel\" in %s: then the project is built, and its wheel installed; \"none\" leaves it out.", t.Table)
	}
	roots, err := roots(p, tree, t)
	if err != nil {
		return nil, nil, err
	}
	lines, err := pth(p, roots, t.Root)
	if err != nil {
		return nil, nil, err
	}
	info, err := distInfo(p, tree)
	if err != nil {
		return nil, nil, err
	}
	copied, warnings, err := fileScripts(p, tree)
	if err != nil {
		return nil, nil, err
	}
	site := path.Join(t.Venv, step.SitePackages(t.Python))
	bin := path.Join(t.Venv, "bin")
	files := under(site, []File{{Path: moduleName(p) + ".pth", Mode: 0o644, Data: lines}})
	files = append(files, under(bin, launchers(p, path.Join(bin, "python")))...)
	files = append(files, under(bin, copied)...)
	folder := path.Join(site, moduleName(p)+"-"+p.NormalVersion()+".dist-info")
	files = append(files, under(folder, info)...)
	files = append(files, under(folder, origin(t.Root))...)
	warnings = append(warnings, warnOfLinks(p, tree, roots)...)
	return append(files, record(files, path.Join(folder, "RECORD"))), warnings, nil
}

func under(dir string, files []File) []File {
	for i := range files {
		files[i].Path = path.Join(dir, files[i].Path)
	}
	return files
}

// moduleName returns the name that poetry-core gives to the module, and to the distribution
// in file names (utils/helpers.py, module_name).
func moduleName(p *pyproject.Project) string {
	return strings.ReplaceAll(pep508.CanonicalName(p.Name.Value), "-", "_")
}

// pth returns the .pth file: a line for each root. Python runs a line that begins with
// "import", and cuts spaces off the end of one.
func pth(p *pyproject.Project, roots []string, root string) ([]byte, error) {
	var b strings.Builder
	for _, r := range roots {
		folder := path.Join(root, r)
		if !path.IsAbs(folder) || !names.IsLine(folder) || strings.TrimSpace(folder) != folder {
			return nil, source.Errorf(p.Name.At, "the project cannot be installed: Python cannot import from a folder named %q", folder).
				WithHint("Rename the folder: a name must not contain line ends or control characters, or end with a space.")
		}
		b.WriteString(folder + "\n")
	}
	return []byte(b.String()), nil
}
