package plan

import (
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/poetrytoml"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// WarnOfSettings returns warnings about settings of poetry.toml that matter for some bases
// only: Poetry without a separate environment sees what the base has installed.
func WarnOfSettings(p *pyproject.Project, s poetrytoml.Settings) []*source.Error {
	if s.NoVenv.IsZero() || IsOfficialPython(p.Quatrain.Base.Value) {
		return nil
	}
	return []*source.Error{source.Errorf(s.NoVenv, "virtualenvs.create of poetry.toml has no effect here: packages are installed in %s, which does not see those of the base image", Venv).
		WithHint("Add what the project needs of the base's packages as dependencies, or name their folder in [tool.quatrain], such as env = { PYTHONPATH = \"/usr/lib/python3/dist-packages\" }.")}
}

// IsOfficialPython reports whether a base is one of the official images of Python, whose contents
// are known.
func IsOfficialPython(base string) bool {
	name := base[strings.LastIndex(base, "/")+1:]
	return base == "" || strings.HasPrefix(name, "python:")
}
