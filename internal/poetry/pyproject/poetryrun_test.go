package pyproject

import (
	"slices"
	"strings"
	"testing"
)

func TestWithoutPoetryRun(t *testing.T) {
	for in, want := range map[string]string{
		"poetry run gunicorn shop":       "gunicorn shop",
		"poetry --no-interaction run a":  "a",
		"poetry run -- a b":              "a b",
		"/root/.local/bin/poetry run a":  "a",
		"python -m poetry run a":         "a",
		"poetry run .venv/bin/python -V": "python -V",
		".venv/bin/gunicorn shop":        "gunicorn shop",
		"./.venv/bin/a":                  "a",
		"/app/.venv/bin/a":               "a",
		"poetry run":                     "poetry run",
		"poetry install":                 "poetry install",
		"poetry":                         "poetry",
		"echo poetry run":                "echo poetry run",
		"/opt/venv/bin/a":                "/opt/venv/bin/a",
		"a.venv/bin/a":                   "a.venv/bin/a",
		"":                               "",
	} {
		c := withoutPoetryRun(&Command{Args: strings.Fields(in)})
		if got := strings.Fields(want); !slices.Equal(c.Args, got) || (c.Stripped == "") != (in == want) {
			t.Errorf("%q: %q without %q, want %q", in, c.Args, c.Stripped, want)
		}
	}
}
