package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// project is a project with a group "dev", one "docs" that is optional, and settings.
func project(t *testing.T, quatrain string) *pyproject.Project {
	t.Helper()
	return parse(t, `[project]
name = "x"
version = "1"
requires-python = ">=3.9,<3.13"
[tool.poetry.group.dev.dependencies]
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
`+quatrain)
}

func parse(t *testing.T, text string) *pyproject.Project {
	t.Helper()
	p, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lock is a lock of packages in the main group with these files.
func lock(t *testing.T, files ...string) *lockfile.Lock {
	t.Helper()
	var b strings.Builder
	for _, f := range files {
		name, rest, _ := strings.Cut(f, "-")
		version, _, _ := strings.Cut(strings.TrimSuffix(rest, ".tar.gz"), "-")
		fmt.Fprintf(&b, "[[package]]\nname = %q\nversion = %q\npython-versions = \"*\"\ngroups = [\"main\"]\n", name, version)
		fmt.Fprintf(&b, "files = [{file = %q, hash = \"sha256:%064d\"}]\n", f, 1)
	}
	fmt.Fprintf(&b, "[metadata]\nlock-version = \"2.1\"\npython-versions = \">=3.9,<3.13\"\ncontent-hash = \"ab\"\n")
	l, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte(b.String())})
	if err != nil {
		t.Fatal(err)
	}
	return l
}
