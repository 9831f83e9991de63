package plan

import (
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// SecretsInFiles warns of files that look like secrets by their names: those that `exclude`
// takes back into the image, and those that `include` names, here or for the project's
// wheel, which stay out all the same.
func SecretsInFiles(p *pyproject.Project) []*source.Error {
	files, secrets := AppFiles(p, nil), newMatcher(secretFiles)
	include, exclude := newMatcher(files.Include), newMatcher(files.Exclude)
	selected := func(name string) bool {
		return (len(files.Include) == 0 || include.matches(name)) && !exclude.matches(name)
	}
	var all []*source.Error
	for i, pattern := range patterns(p.Quatrain.Exclude) {
		pattern, back := strings.CutPrefix(pattern, "!")
		if name, secret := named(pattern, secrets); back && secret && selected(name) {
			all = append(all, source.Errorf(p.Quatrain.Exclude[i].At, "%s looks like a secret, and everyone with the image can read it", name).
				WithHint("Leave it out of the image, and pass it when a container starts."))
		}
	}
	included := slices.Concat(p.Quatrain.Include, wheelIncludes(p))
	for i, pattern := range patterns(included) {
		if name, secret := named(pattern, secrets); secret && exclude.matches(name) {
			all = append(all, source.Errorf(included[i].At, "%s looks like a secret, and stays out of the image though `include` names it", name).
				WithHint("Pass it when a container starts, or add %q to `exclude` if the image needs it.", "!"+pattern))
		}
	}
	return all
}

// wheelIncludes returns what [tool.poetry] include adds to the project's wheel.
func wheelIncludes(p *pyproject.Project) []source.Text {
	list := p.Root.Get("tool", "poetry", "include")
	if p.Quatrain.Project.Value != "wheel" || list == nil {
		return nil
	}
	var all []source.Text
	for _, v := range list.Items {
		if v.Kind == source.TableKind {
			v = v.Table.Get("path")
		}
		if v != nil && v.Kind == source.String {
			all = append(all, source.Text{Value: v.Text, At: v.At})
		}
	}
	return all
}
