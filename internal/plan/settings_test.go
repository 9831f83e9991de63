package plan

import (
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/poetrytoml"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Without a separate environment Poetry sees what the base has installed: an official
// image has nothing that matters.
func TestWarnOfSettings(t *testing.T) {
	for _, c := range []struct {
		settings, poetry string
		want             int
	}{
		{"", "virtualenvs.create = false", 0},
		{"[tool.quatrain]\nbase = \"mirror.example/library/python:{python}-slim\"\n", "virtualenvs.create = false", 0},
		{"[tool.quatrain]\nbase = \"corp.example/pytorch:24.08\"\n", "virtualenvs.create = false", 1},
		{"[tool.quatrain]\nbase = \"corp.example/pytorch:24.08\"\n", "virtualenvs.create = true", 0},
		{"[tool.quatrain]\nbase = \"corp.example/pytorch:24.08\"\n", "", 0},
	} {
		s, _, err := poetrytoml.Parse(&source.File{Name: "poetry.toml", Data: []byte(c.poetry)})
		if err != nil {
			t.Fatal(err)
		}
		if got := WarnOfSettings(project(t, c.settings), s); len(got) != c.want || c.want > 0 && got[0].At.Start.Line != 1 {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
