// Package editable writes the files that make a project importable without
// building it, as `poetry install` does for the root project
// (poetry/masonry/builders/editable.py): a .pth file, the dist-info folder and
// console scripts.
package editable

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/pyproject"
)

// Target is where the files will stand.
type Target struct {
	Venv   string   // "/opt/venv"
	Python string   // minor version, "3.12"
	Root   string   // the project's folder in the image, "/app"
	Roots  []string // folders that go on sys.path, relative to Root, "" for itself
	Readme string   // the text of the readme, for the metadata
}

// File is one file to write, Path absolute.
type File struct {
	Path string
	Mode uint32
	Data []byte
}

// Files are the files of the project's installation, in a fixed order.
func Files(p *pyproject.Project, t Target) []File {
	site := path.Join(t.Venv, "lib", "python"+t.Python, "site-packages")
	info := path.Join(site, distInfo(p))
	files := []File{{Path: path.Join(site, moduleName(p)+".pth"), Mode: 0o644, Data: pth(t)}}
	for _, s := range p.ConsoleScripts() {
		files = append(files, File{Path: path.Join(t.Venv, "bin", s.Name), Mode: 0o755, Data: script(t, s)})
	}
	files = append(files,
		File{Path: path.Join(info, "METADATA"), Mode: 0o644, Data: []byte(p.CoreMetadata(t.Readme))},
		File{Path: path.Join(info, "INSTALLER"), Mode: 0o644, Data: []byte("quatrain")},
		File{Path: path.Join(info, "direct_url.json"), Mode: 0o644, Data: []byte(`{"dir_info": {"editable": true}, "url": "file://` + t.Root + `"}`)},
	)
	if points := entryPoints(p); points != nil {
		files = append(files, File{Path: path.Join(info, "entry_points.txt"), Mode: 0o644, Data: points})
	}
	return append(files, File{Path: path.Join(info, "RECORD"), Mode: 0o644, Data: record(files, path.Join(info, "RECORD"))})
}

// distInfo is the folder's name: name and version escaped as for a wheel.
func distInfo(p *pyproject.Project) string {
	return moduleName(p) + "-" + strings.ReplaceAll(p.Version.Value, "-", "_") + ".dist-info"
}

// moduleName is the name as poetry-core's Module guesses it: lower case, "_" for "-" and ".".
func moduleName(p *pyproject.Project) string {
	return strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToLower(p.Name.Value))
}

func pth(t Target) []byte {
	var b strings.Builder
	for _, r := range t.Roots {
		b.WriteString(path.Join(t.Root, r) + "\n")
	}
	return []byte(b.String())
}

// script is the launcher that Poetry writes for the root project; it differs
// from the one that wheels get.
func script(t Target, s pyproject.Script) []byte {
	module, attr, _ := strings.Cut(s.Reference, ":")
	attr, _, _ = strings.Cut(attr, "[")
	attr = strings.TrimSpace(attr)
	first, _, _ := strings.Cut(attr, ".")
	return fmt.Appendf(nil, "#!%s/bin/python\nimport sys\nfrom %s import %s\n\nif __name__ == '__main__':\n    sys.exit(%s())\n",
		t.Venv, strings.TrimSpace(module), first, attr)
}

func entryPoints(p *pyproject.Project) []byte {
	scripts := slices.Clone(p.ConsoleScripts())
	if len(scripts) == 0 {
		return nil
	}
	slices.SortFunc(scripts, func(a, b pyproject.Script) int { return strings.Compare(a.Name, b.Name) })
	b := []byte("[console_scripts]\n")
	for _, s := range scripts {
		b = fmt.Appendf(b, "%s=%s\n", s.Name, s.Reference)
	}
	return append(b, '\n')
}

// record lists the files with absolute paths, as Poetry does here.
func record(files []File, own string) []byte {
	var b []byte
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		b = fmt.Appendf(b, "%s,sha256=%s,%d\n", f.Path, base64.RawURLEncoding.EncodeToString(sum[:]), len(f.Data))
	}
	return fmt.Appendf(b, "%s,,\n", own)
}
