package plan

import (
	"strings"

	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// SecretsInFiles warns of files that look like secrets by their names: those that `exclude`
// takes back into the image, and those that `include` names, which stay out all the same.
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
			all = append(all, source.Errorf(p.Quatrain.Exclude[i].At, "%s looks like a secret, and everybody who has the image can read it", name).
				WithHint("Leave it out of the image, and pass it when a container starts."))
		}
	}
	for i, pattern := range patterns(p.Quatrain.Include) {
		if name, secret := named(pattern, secrets); secret && !selected(name) {
			all = append(all, source.Errorf(p.Quatrain.Include[i].At, "%s looks like a secret, and stays out of the image though `include` names it", name).
				WithHint("Pass it when a container starts, or add %q to `exclude` if the image needs it.", "!"+pattern))
		}
	}
	return all
}
