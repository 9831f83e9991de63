package lockfile

import (
	"testing"

	"github.com/quatrain-build/quatrain/internal/source"
)

// A date cannot be JSON: Poetry fails on it.
func TestContentHashDate(t *testing.T) {
	root := table(t, "[tool.poetry.dependencies]\na = 2020-01-02\n")
	if got, err := ContentHash(root); err == nil {
		t.Errorf("no error, but %s", got)
	}
	if (&Lock{ContentHash: source.Text{Value: "x"}}).Fresh(root) {
		t.Error("fresh")
	}
}

func TestFresh(t *testing.T) {
	root := table(t, "[dependency-groups]\ndev = [\"a\"]\n[tool.poetry.dependencies]\nb = \"1\"\n")
	now, err := ContentHash(root)
	if err != nil {
		t.Fatal(err)
	}
	before, err := contentHash(root, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, hash, generator string
		want                  bool
	}{
		{"today's form", now, "2.3.0", true},
		{"today's form without a header", now, "", true},
		{"today's form, older header", now, "1.8.2", true},
		{"old form, old header", before, "2.2.1", true},
		{"old form, a development version before 2.3.0", before, "2.3.0.dev0", true},
		{"old form, new header", before, "2.3.0", false},
		{"old form, no header", before, "", false},
		{"another", "0123", "2.1.0", false},
		{"no hash", "", "2.1.0", false},
	} {
		l := &Lock{ContentHash: source.Text{Value: c.hash}, Generator: c.generator}
		if got := l.Fresh(root); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func table(t *testing.T, text string) *source.Table {
	t.Helper()
	root, err := source.ParseTOML(&source.File{Name: "pyproject.toml", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return root
}
