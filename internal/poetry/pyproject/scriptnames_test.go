package pyproject

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/source"
)

// Names that become files or code follow the same rules in every table.
func TestNamesOfScripts(t *testing.T) {
	for _, table := range []string{
		"[project.scripts]", "[project.gui-scripts]", "[tool.poetry.scripts]",
		"[tool.poetry.plugins.console_scripts]", "[tool.poetry.plugins.gui_scripts]", "[project.entry-points.console_scripts]",
	} {
		for name, want := range map[string]string{
			`"../../../etc/cron.d/job"`: "is not a file name", `"../bin/pip"`: "is not a file name", `"/x"`: "is not a file name", `"a\\b"`: "is not a file name",
			`"a\nb"`: "is not a file name", `"a\u2028b"`: "is not a file name", `"a\u202eb"`: "is not a file name", `"-x"`: "is not a file name", `""`: "is not a file name",
			`"` + strings.Repeat("x", 256) + `"`: "is not a file name", `".."`: "is not a file name", `" x"`: "is not a file name",
			"python": "belongs to the environment", `"python3.12"`: "belongs to the environment", "activate": "belongs to the environment", "Python3": "belongs to the environment",
		} {
			_, _, err := parse(head + table + "\n" + name + " = \"shop:main\"\n")
			if all := source.All(err); len(all) != 1 || !strings.Contains(all[0].Error(), want) || all[0].At.Start.Line != 5 {
				t.Errorf("%s %s: %v, want %q", table, name, err, want)
			}
		}
		for _, reference := range []string{`os import system;system('id')#:x`, `shop`, `shop:`, `shop:main;x`, `shop:main()`, `shop:main\nimport os`, `shop:main\u2028x`, `my-shop:main`} {
			p, warnings, err := parse(head + table + "\nshop = \"" + reference + "\"\n")
			if err != nil || len(warnings) != 1 || len(p.Scripts)+len(p.EntryPoints) > 0 {
				t.Errorf("%s %q: %v, %v", table, reference, warnings, err)
			}
		}
		p, warnings, err := parse(head + table + "\npip = \" shop.cli : main.app [x,y]\"\n")
		if err != nil || len(warnings) != 0 || len(p.Scripts)+len(p.EntryPoints) != 1 {
			t.Errorf("%s: %v, %v", table, warnings, err)
		}
	}
}

func TestNamesOfFileScripts(t *testing.T) {
	for name, want := range map[string]string{`"../x"`: "is not a file name", "python": "belongs to the environment", "activate": "belongs to the environment"} {
		if _, _, err := parse(head + "[tool.poetry.scripts]\n" + name + " = {reference = \"x.sh\", type = \"file\"}\n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func TestNamesOfPlugins(t *testing.T) {
	for text, want := range map[string]string{
		"[project.entry-points.\"x]\\n[console_scripts\"]\na = \"b:c\"\n": "cannot be a group",
		"[tool.poetry.plugins.\"a\\u2028b\"]\na = \"b:c\"\n":              "cannot be a group",
		"[tool.poetry.plugins.x]\n\"a\\u2029b\" = \"b:c\"\n":              "cannot be an entry point",
		"[tool.poetry.plugins.x]\n\"[console_scripts]\" = \"b:c\"\n":      "cannot be an entry point",
		"[tool.poetry.plugins.x]\n\"a=b\" = \"b:c\"\n":                    "cannot be an entry point",
		"[tool.poetry.plugins.x]\na = \"b\\n[console_scripts]\"\n":        "not on one line",
		"[tool.poetry.plugins.x]\na = \"b\\u0085c\"\n":                    "not on one line",
		"[tool.poetry.plugins.x]\n\"application/json\" = \"b.c\"\n":       "",
		"[tool.poetry.plugins.x]\npython = \"b.c\"\n":                     "",
	} {
		if _, _, err := parse(head + text); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestNameAndVersion(t *testing.T) {
	for text, want := range map[string]string{
		"[project]\nname = \"a\"\nversion = \"1/../../../../../etc/evil\"\n":                      "3: \"1/../../../../../etc/evil\" is not a version",
		"[project]\nname = \"a\"\nversion = \"latest\"\n":                                         "3: \"latest\" is not a version",
		"[project]\nname = \"a\"\nversion = \"1\\n2\"\n":                                          "3: \"1\\n2\" is not a version",
		"[project]\nname = \"a\"\ndynamic = [\"version\"]\n[tool.poetry]\nversion = \"1/..\"\n":   "5: \"1/..\" is not a version",
		"[tool.poetry]\nname = \"../a\"\nversion = \"1\"\n":                                       "2: \"../a\" is not a valid project name",
		"[tool.poetry]\nname = \"a\\nb\"\nversion = \"1\"\n":                                      "2: \"a\\nb\" is not a valid project name",
		"[tool.poetry]\nname = \"a\\u2028b\"\nversion = \"1\"\n":                                  "2: \"a\\u2028b\" is not a valid project name",
		"[tool.poetry]\nname = \"my app\"\nversion = \"v1.0-alpha\"\n":                            "",
		"[project]\nname = \"a\"\ndynamic = [\"version\"]\n":                                      "3: the project has no version: it is dynamic, and [tool.poetry] has none",
		"[tool.poetry]\npackage-mode = false\nname = \"a/b\"\nversion = \"see CHANGELOG\"\n":      "",
		"[project]\nname = \"a\"\nversion = \"1!2.0.post1+local.1\"\n[tool.poetry]\nname = \"x\"": "",
	} {
		_, _, err := parse(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// No text of a project begins another field of METADATA.
func TestMetadataHasOneLineForAField(t *testing.T) {
	p := mustParse(t, `[project]
name = "a"
version = "1"
description = "Sells\u2028things\u0085X-Evil: 1"
keywords = ["one\nX-Evil: 1", "two"]
authors = [{name = "A\nX-Evil: 1", email = "a@e.org\r\nX-Evil: 1"}]
classifiers = ["Private\nX-Evil: 1"]
license = {text = "MIT\r\nX-Evil: 1\u2028X-Evil: 2\rX-Evil: 3"}
[project.urls]
"Home\nX-Evil: 1" = "https://e.org/\nX-Evil: 1"
[project.optional-dependencies]
"x\nX-Evil: 1" = []
`)
	text := p.CoreMetadata(Documents{LicenseFiles: []string{"LICENSE\nX-Evil: 1"}})
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029", r) }) {
		if strings.HasPrefix(line, "X-Evil") {
			t.Errorf("a field of its own: %q in\n%q", line, text)
		}
	}
}
