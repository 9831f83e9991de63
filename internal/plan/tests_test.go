package plan

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
)

// What tests are run with is known before anything runs.
func TestCheckTests(t *testing.T) {
	const (
		pytest  = `command = ["pytest", "-x"]`
		module  = `command = "python -m pytest"`
		own     = `command = ["python", "-m", "unittest"]`
		nothing = `the target "test" has no test command, and no pytest`
	)
	for name, c := range map[string]struct {
		settings, command string
		groups            string // of pytest in the lock, "" for a lock without it
		old               bool   // a lock that does not know groups
		want              string
	}{
		"neither":                  {want: "pyproject.toml: " + nothing + "\nhint: Run `poetry add --group test pytest`, or set"},
		"in a group":               {groups: `"dev"`},
		"in an optional group":     {groups: `"docs"`, want: nothing + ": only the group docs has it\nhint: Name the group in `groups` of [tool.quatrain.target.test], or set"},
		"named":                    {groups: `"docs"`, command: `groups = ["main", "docs"]`},
		"in a group that is not":   {groups: `"dev"`, command: `groups = ["main"]`, want: "pyproject.toml:9: " + nothing + ": only the group dev has it"},
		"in two groups":            {groups: `"dev", "docs"`, command: `groups = ["main", "docs"]`},
		"an old lock":              {groups: `"docs"`, old: true},
		"an own command":           {command: own},
		"an own, with pytest":      {command: own, groups: `"dev"`},
		"pytest without pytest":    {command: pytest, want: `pyproject.toml:10: the target "test" runs pytest, and does not install it` + "\nhint: Run `poetry add"},
		"its module":               {command: module, want: `pyproject.toml:10: the target "test" runs pytest`},
		"py.test":                  {command: `command = "py.test"`, want: `runs pytest`},
		"in the environment":       {command: `command = "/opt/venv/bin/pytest"`, want: `runs pytest`},
		"elsewhere":                {command: `command = "tools/pytest"`},
		"pytest in another group":  {command: pytest, groups: `"docs"`, want: ", and does not install it: only the group docs has it"},
		"pytest and it is there":   {command: pytest, groups: `"dev"`},
		"pytest of a base":         {settings: "[tool.quatrain]\nbase = \"corp/tests:1\"\n", command: pytest},
		"pytest of Debian":         {settings: "[tool.quatrain]\napt = [\"python3-pytest\"]\n", command: pytest},
		"the project's command":    {settings: "[tool.quatrain]\ncommand = [\"x\"]\n", want: nothing},
		"in a group, misspelt":     {groups: `"docs"`, command: `groups = ["main", "dcos"]`},
		"in none, misspelt":        {command: `groups = ["main", "dcos"]`, want: nothing},
		"no tests in production":   {settings: "#", want: ""},
		"its own target from test": {settings: "[tool.quatrain.target.ci]\nfrom = \"test\"\n", want: `pyproject.toml:9: the target "ci" has no test command`},
	} {
		settings, target := c.settings, "test"
		switch {
		case c.settings == "#":
			target = "production"
		case strings.Contains(c.settings, "target.ci"):
			target = "ci"
		case c.command != "":
			settings += "[tool.quatrain.target.test]\n" + c.command + "\n"
		}
		p := project(t, settings)
		resolved, err := ResolveTarget(p, target)
		if (err != nil) != strings.Contains(name, "misspelt") {
			t.Fatal(err)
		}
		text := "[[package]]\nname = \"pytest\"\nversion = \"8\"\npython-versions = \"*\"\ngroups = [" + c.groups + "]\nfiles = []\n"
		if c.groups == "" {
			text = ""
		}
		version := "2.1"
		if c.old {
			version, text = "2.0", strings.Replace(text, "groups", "#", 1)
		}
		l, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte(text + "[metadata]\nlock-version = \"" + version + "\"\npython-versions = \"*\"\ncontent-hash = \"ab\"\n")})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := CheckTests(p, l, resolved); err != nil {
			got = err.Error()
		}
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
