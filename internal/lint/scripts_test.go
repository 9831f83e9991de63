package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

func TestScripts(t *testing.T) {
	for text, want := range map[string][]string{
		`command = ["./start.sh", "web"]`:                            {"start.sh"},
		`command = "bin/start"`:                                      {"bin/start"},
		`command = "/app/bin/start.sh"`:                              {"bin/start.sh"},
		`command = ["sh", "scripts/start.sh"]`:                       {"scripts/start.sh"},
		`command = ["bash", "-eu", "./scripts/start.sh"]`:            {"scripts/start.sh"},
		`command = ["tini", "--", "./start.sh"]`:                     {"start.sh"},
		`entrypoint = ["./entry.sh"]` + "\n" + `command = "./x.sh"`:  {"x.sh", "entry.sh"},
		`healthcheck = { command = ["sh", "health.sh"] }`:            {"health.sh"},
		`prepare = { command = ["sh", "prepare.sh"] }`:               {"prepare.sh"},
		"workdir = \"/srv\"\ncommand = [\"/srv/start.sh\"]":          {"start.sh"},
		`command = "start.sh"`:                                       nil,
		`command = "/usr/local/bin/start.sh"`:                        nil,
		`command = ["../start.sh"]`:                                  nil,
		`command = ["uvicorn", "shop:app"]`:                          nil,
		`command = ["sh", "-c", "./start.sh"]`:                       {"start.sh"},
		`command = [` + strings.Repeat(`"./x.sh", `, 50) + `"a.sh"]`: {"x.sh", "a.sh"},
	} {
		p, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(head + "[tool.quatrain]\n" + text + "\n")})
		if err != nil {
			t.Fatal(err)
		}
		target, err := plan.ResolveTarget(p, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := Scripts(target); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// The lines of a script that call a tool which the image does not have.
func TestCheckScript(t *testing.T) {
	for line, want := range map[string]string{
		"poetry run gunicorn shop":           "poetry run",
		"  poetry run gunicorn shop":         "poetry run",
		"exec poetry run gunicorn shop":      "poetry run",
		"exec poetry --no-interaction run x": "poetry --no-interaction run",
		"cd /app && poetry run x":            "poetry run",
		"DJANGO=1 PORT=80 uv run x":          "uv run",
		"if poetry run x; then":              "poetry run",
		"true || pipenv run x":               "pipenv run",
		"version=$(poetry version -s)":       "poetry version",
		"python -m poetry run x":             "poetry run",
		"python3 -m pipenv run x":            "pipenv run",
		"uvx ruff":                           "uvx ruff",
		"poetry install":                     "poetry install",
		"uv":                                 "uv",
		"(poetry run x)":                     "poetry run",
		"env PORT=1 poetry run x":            "poetry run",
		"source .venv/bin/activate":          ".venv/bin/activate",
		". /app/.venv/bin/activate":          ".venv/bin/activate",
		".venv/bin/python -m shop":           ".venv/bin/python",
		"uvicorn shop:app":                   "",
		"uv-thing run":                       "",
		"# poetry run x":                     "",
		"echo poetry run x":                  "",
		"echo \"use poetry run\"":            "",
		"exec gunicorn poetry:app":           "",
		"cp poetry.lock /tmp":                "",
		"command -v poetry":                  "",
		"cat pyproject.toml":                 "",
		"poetrys run":                        "",
		"exec \"$@\"":                        "",
		"pip install x":                      "", // the base has it
		"python manage.py migrate && exec gunicorn hatch.wsgi":   "",
		strings.Repeat("x ", 10_000) + "; poetry run y":          "poetry run",
		strings.Repeat("a && ", 10_000) + strings.Repeat("(", 9): "",
	} {
		for _, first := range []string{"#!/bin/sh\n", "#!/usr/bin/env bash\r\n", ""} {
			f := &source.File{Name: "start.sh", Data: []byte(first + line + "\n")}
			warnings := checkScript(t, head, locked, f)
			at := strings.Count(first, "\n") + 1
			switch {
			case want == "" && len(warnings) == 0:
			case want == "" || len(warnings) != 1 || warnings[0].Message != "start.sh calls `"+want+"`, which the image does not have" || warnings[0].At.Start.Line != at:
				t.Errorf("%.80q: %v, want %q in line %d", first+line, warnings, want, at)
			}
		}
	}
}

func checkScript(t *testing.T, toml, lock string, f *source.File) []*source.Error {
	t.Helper()
	p, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(toml)})
	if err != nil {
		t.Fatal(err)
	}
	l, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte(lock)})
	if err != nil {
		t.Fatal(err)
	}
	return CheckScript(p, l, f)
}

// Not every file is a shell script, and not every image lacks the tools.
func TestCheckScriptOf(t *testing.T) {
	const calls = "\npoetry run x\n"
	other := head + "[tool.quatrain]\nbase = \"corp/poetry:1\"\n"
	has := strings.Replace(locked, `name = "uvicorn"`, `name = "poetry"`, 1)
	for name, c := range map[string]struct {
		file, data, toml, lock string
		want                   int
	}{
		"a script":                   {"start", "#!/bin/sh" + calls, head, locked, 1},
		"of another shell":           {"start", "#!/usr/bin/env -S zsh -e" + calls, head, locked, 1},
		"Python":                     {"start", "#!/usr/bin/env python3" + calls, head, locked, 0},
		"Python, called .sh":         {"start.sh", "#!/usr/bin/env python3" + calls, head, locked, 0},
		"no script":                  {"start", calls, head, locked, 0},
		"a program":                  {"start.sh", "\x7fELF\x00" + calls, head, locked, 0},
		"an image with poetry":       {"start.sh", calls, other, locked, 0},
		"but without .venv":          {"start.sh", "\n.venv/bin/x\n", other, locked, 1},
		"the lock has it":            {"start.sh", calls, head, has, 0},
		"many calls":                 {"start.sh", strings.Repeat(calls, 100), head, locked, maxOfScript},
		"a long script without ends": {"start.sh", strings.Repeat("a", MaxScript), head, locked, 0},
	} {
		if got := checkScript(t, c.toml, c.lock, &source.File{Name: c.file, Data: []byte(c.data)}); len(got) != c.want {
			t.Errorf("%s: %v, want %d", name, got, c.want)
		}
	}
}
