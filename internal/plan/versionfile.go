package plan

import (
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

// AsksVersionFile reports whether .python-version has a say: nothing that comes before it
// is set, and the base is not an image that has its own Python whatever is asked for. arg
// is the build argument.
func AsksVersionFile(p *pyproject.Project, arg string) bool {
	c := p.Quatrain
	return arg == "" && c.Python.Value == "" && (c.Base.Value == "" || strings.Contains(c.Base.Value, "{python}"))
}
