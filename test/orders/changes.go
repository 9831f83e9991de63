package orders

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Edit rewrites a file; an edit that changes nothing is an error.
func Edit(name string, with func(string) string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	after := with(string(data))
	if after == string(data) {
		return fmt.Errorf("%s is as before", name)
	}
	return os.WriteFile(name, []byte(after), 0o644)
}

// EditApp changes a module of the service.
func EditApp(project string) error {
	return Edit(filepath.Join(project, "orders", "__init__.py"), func(s string) string { return s + "\n# edited\n" })
}

// BumpVersion makes another release of the project itself.
func BumpVersion(project string) error {
	return Edit(filepath.Join(project, "pyproject.toml"), func(s string) string {
		return regexp.MustCompile(`(?m)^version = ".*"$`).ReplaceAllString(s, `version = "9.9.9"`)
	})
}

// BumpDependency locks another release of a small dependency, idna 3.10: the entry is
// replaced, as `poetry update` does; the constraints, and so the content hash, stay.
func BumpDependency(project string) error {
	name := filepath.Join(project, "poetry.lock")
	entry := regexp.MustCompile(`(?s)(name = "idna"\nversion = )"[^"]*"(.*?files = \[\n).*?\n\]`)
	err := Edit(name, func(s string) string {
		return entry.ReplaceAllString(s, `${1}"3.10"${2}    {file = "idna-3.10-py3-none-any.whl", hash = "sha256:946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3"},
    {file = "idna-3.10.tar.gz", hash = "sha256:12f65c9b470abda6dc35cf8e63cc574b1c52b11df2c86030af0ac09b01b13ea9"},
]`)
	})
	if err != nil {
		return err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if _, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: data}); err != nil {
		return err
	}
	if !strings.Contains(string(data), "idna-3.10-py3") {
		return fmt.Errorf("poetry.lock has no idna to change")
	}
	return nil
}
