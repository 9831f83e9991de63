package plan

import (
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// WarnOfVersion warns of a placeholder that something would replace by git's version: it
// does not run in a build, and no history is there. It returns nil if there is none.
func WarnOfVersion(p *pyproject.Project) *source.Error {
	tool := p.VersionTool()
	if tool == "" || !p.HasPlaceholderVersion() {
		return nil
	}
	w := source.Errorf(p.Version.At, "the image says version %s, a placeholder: %s, which replaces it, does not run in a build", p.Version.Value, tool)
	if tool == "poetry-dynamic-versioning" {
		return w.WithHint("Run `poetry dynamic-versioning` before the build, which writes the version into pyproject.toml.")
	}
	return w.WithHint("Write the version into pyproject.toml before the build, such as with `poetry version 1.2.3`.")
}
