package editable

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// point is an entry point as entry_points.txt has it.
type point struct{ group, name, reference string }

const (
	consoleGroup = "console_scripts"
	guiGroup     = "gui_scripts"
)

// entryPoints returns all entry points, sorted as poetry-core sorts them: by group, then by
// the text "name = reference".
func entryPoints(p *pyproject.Project) []point {
	var all []point
	for _, s := range p.ConsoleScripts() {
		all = append(all, point{consoleGroup, s.Name, s.Reference})
	}
	for _, e := range p.EntryPoints {
		all = append(all, point{e.Group, e.Name, e.Reference})
	}
	slices.SortFunc(all, func(a, b point) int {
		if c := strings.Compare(a.group, b.group); c != 0 {
			return c
		}
		return strings.Compare(a.name+" = "+a.reference, b.name+" = "+b.reference)
	})
	return all
}

// entryPointsFile returns entry_points.txt. Its lines contain no spaces.
func entryPointsFile(points []point) []byte {
	var b strings.Builder
	for i, e := range points {
		if i == 0 || points[i-1].group != e.group {
			b.WriteString("[" + e.group + "]\n")
		}
		b.WriteString(strings.ReplaceAll(e.name+"="+e.reference, " ", "") + "\n")
		if i == len(points)-1 || points[i+1].group != e.group {
			b.WriteString("\n")
		}
	}
	return []byte(b.String())
}

// launchers returns the scripts that call an entry point: console scripts first, then GUI
// scripts.
func launchers(p *pyproject.Project, python string) []File {
	var all []File
	for _, group := range []string{consoleGroup, guiGroup} {
		for _, e := range entryPoints(p) {
			if e.group == group {
				all = append(all, File{Path: e.name, Mode: 0o755, Data: launcher(python, e.reference)})
			}
		}
	}
	return all
}

// launcher returns what Poetry writes for the root project, spaces and all; it differs
// from what wheels get. The parser has seen to it that nothing else than names is in the
// reference.
func launcher(python, reference string) []byte {
	reference, _, _ = strings.Cut(reference, "[")
	module, attr, _ := strings.Cut(reference, ":")
	first, _, _ := strings.Cut(attr, ".")
	return fmt.Appendf(nil, "#!%s\nimport sys\nfrom %s import %s\n\nif __name__ == '__main__':\n    sys.exit(%s())\n",
		python, module, first, attr)
}

// fileScripts returns copies of the project's own scripts. A script that does not exist is
// left out with a warning, as Poetry does.
func fileScripts(p *pyproject.Project, tree fs.FS) ([]File, []*source.Error, error) {
	var all []File
	var warnings []*source.Error
	for _, s := range p.Scripts {
		if !s.File {
			continue
		}
		name := path.Clean(s.Reference)
		if !fs.ValidPath(name) {
			return nil, nil, source.Errorf(s.At, "script %s is outside the project: %q", s.Name, s.Reference)
		}
		data, err := fs.ReadFile(tree, name)
		if errors.Is(err, fs.ErrNotExist) || err != nil && isDir(tree, name) {
			warnings = append(warnings, source.Errorf(s.At, "script %s is left out: file %q not found", s.Name, s.Reference).
				WithHint("Check that .dockerignore or `exclude` does not hide it."))
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		all = append(all, File{Path: s.Name, Mode: 0o755, Data: data})
	}
	return all, warnings, nil
}
