package pyproject

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quatrain-build/quatrain/internal/source"
)

const head = "[tool.poetry]\nname = \"a\"\nversion = \"1\"\n"

var ignorePlaces = cmp.Options{cmpopts.IgnoreTypes(source.Range{}), cmpopts.EquateEmpty()}

// lines shows the dependencies of each group, one a line.
func lines(p *Project) []string {
	var all []string
	for _, g := range p.Groups {
		for _, d := range g.Dependencies {
			line := g.Name + ": " + requirementLine(d)
			if d.Source != "" {
				line += " from " + d.Source
			}
			all = append(all, line)
		}
	}
	return all
}

func TestDependencies(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a space after an operator does not separate", head + "[tool.poetry.dependencies]\nb = {version = \"*\", python = \"< 3.8\"}\nc = {version = \"*\", python = \">= 3.8, < 4\"}\n",
			[]string{`main: b ; python_version < "3.8"`, `main: c ; python_version >= "3.8" and python_version < "4"`}},
		{"python and platform keys", head + "[tool.poetry.dependencies]\nb = {version = \"^1\", python = \"^3.9\", platform = \"!darwin\", markers = \"os_name == 'posix'\"}\nc = {version = \"1\", python = \"~2.7 || >=3.6\"}\n",
			[]string{
				`main: b (>=1,<2) ; os_name == "posix" and python_version >= "3.9" and python_version < "4.0" and sys_platform == "!darwin"`,
				`main: c (==1) ; python_version == "2.7" or python_version >= "3.6"`,
			}},
		{"enrichment", "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"b>=1 ; os_name == 'nt'\", \"c[x]\"]\n[tool.poetry.dependencies]\nb = {version = \"<2 || >=3\", source = \"s\", python = \">=3.9\"}\nc = {git = \"https://e.org/c\", branch = \"main\"}\nd = \"1\"\n[tool.poetry.extras]\ne = [\"b\"]\n",
			[]string{
				`main: b (>=1,<2 || >=1,>=3) ; os_name == "nt" and python_version >= "3.9" from s`,
				`main: c[x] @ git+https://e.org/c@main`,
			}},
		{"an empty list leaves it to tool.poetry", "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = []\n[tool.poetry.dependencies]\nb = {version = \"1\", optional = true}\n[tool.poetry.extras]\nE_x = [\"B\"]\n",
			[]string{`main: b (==1) ; extra == "e-x"`}},
		{"dynamic adds the mandatory ones", "[project]\nname = \"a\"\nversion = \"1\"\ndynamic = [\"dependencies\"]\noptional-dependencies = {x = [\"b\"]}\n[tool.poetry.dependencies]\nc = \"1\"\nd = {version = \"1\", optional = true}\n",
			[]string{`main: b ; extra == "x"`, `main: c (==1)`}},
		{"groups both ways, and includes", head + "[dependency-groups]\nTest_A = [\"b>=1\", {include-group = \"lint\"}]\nlint = [\"c\"]\n[tool.poetry.group.Test_A]\noptional = true\n[tool.poetry.group.Test_A.dependencies]\nb = {version = \"*\", source = \"s\"}\nz = \"1\"\n[tool.poetry.group.all]\ninclude-groups = [\"test-a\", \"lint\"]\n[tool.poetry.dev-dependencies]\nd = \"1\"\n",
			[]string{`test-a: b (>=1) from s`, `test-a: c`, `lint: c`, `all: b (>=1) from s`, `all: c`, `dev: d (==1)`}},
		{"direct references", "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"b @ git+ssh://git@e.org/o/b.git\", \"c @ git+ssh://git@e.org/o/c.git@v1#egg=c&subdirectory=s\", \"d @ https://e.org/d-1.zip#sha256=00\", \"e @ file:///x/e\"]\n",
			[]string{`main: b @ git+ssh://git@e.org/o/b.git`, `main: c @ git+ssh://git@e.org/o/c.git@v1#subdirectory=s`, `main: d @ https://e.org/d-1.zip`, `main: e @ file:///x/e`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, lines(mustParse(t, c.text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProject(t *testing.T) {
	p := mustParse(t, "[project]\nname = \"My.App\"\nversion = \"1\"\nrequires-python = \">=3.9\"\nscripts = {cli = \"m:main\"}\ngui-scripts = {w = \"m:gui\"}\nentry-points = {plug = {p = \"m:p\"}}\n"+
		"[tool.poetry]\npackages = [{include = \"m\", from = \"src\"}]\nbuild = \"build.py\"\nscripts = {old = \"m:old\"}\n"+
		"[tool.poetry.dependencies]\npython = \">=3.9,<4\"\n[[tool.poetry.source]]\nname = \"s\"\nurl = \"https://e.org\"\npriority = \"explicit\"\n[[tool.poetry.source]]\nname = \"PyPI\"\n")
	if p.Python.Value != ">=3.9,<4" || p.Python.At.Start.Line != 13 || !p.PackageMode {
		t.Errorf("python %+v", p.Python)
	}
	for _, diff := range []string{
		cmp.Diff([]Script{{Name: "cli", Reference: "m:main"}}, p.ConsoleScripts(), ignorePlaces),
		cmp.Diff([]EntryPoint{{Group: "gui_scripts", Name: "w", Reference: "m:gui"}, {Group: "plug", Name: "p", Reference: "m:p"}}, p.EntryPoints, ignorePlaces),
		cmp.Diff(Layout{Packages: []Package{{Include: "m", From: "src"}}, BuildScript: source.Text{Value: "build.py"}}, p.Layout, ignorePlaces),
		cmp.Diff([]Source{{Name: "s", URL: "https://e.org", Priority: "explicit"}, {Name: "PyPI", Priority: "primary"}}, p.Sources, ignorePlaces),
	} {
		if diff != "" {
			t.Error(diff)
		}
	}
}

// All that is wrong is reported, each with its line.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // "line: part of the message"
	}{
		{"no tables", "[build-system]\n", []string{"0: no [project] or", "0: no name", "0: no version"}},
		{"not TOML", "[project]\nname = \n", []string{"2: not valid TOML"}},
		{"wrong types", head + "description = 1\npackage-mode = \"no\"\n", []string{"4: description: expected a string", "5: package-mode: expected true or false"}},
		{"requirement", "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\n \"b\",\n \"!c\",\n]\n", []string{"6: requirement \"!c\""}},
		{"constraint", head + "[tool.poetry.dependencies]\nb = \"latest\"\n", []string{"5: dependency b"}},
		{"marker", head + "[tool.poetry.dependencies]\nb = {version = \"1\", markers = \"os ==\"}\n", []string{"5: marker"}},
		{"wider python", "[project]\nname = \"a\"\nversion = \"1\"\nrequires-python = \">=3.9\"\n[tool.poetry.dependencies]\npython = \">=3.8\"\n", []string{"6: allows versions that"}},
		{"sources differ", "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"b @ https://e.org/b.zip\"]\n[tool.poetry.dependencies]\nb = {path = \"b\"}\n", []string{"6: dependency b has different sources in [project] and [tool.poetry]"}},
		{"constraints differ", "[project]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"b<2\"]\n[tool.poetry.dependencies]\nb = \">=2\"\n", []string{"6: dependency b has incompatible constraints in [project] and [tool.poetry]: "}},
		{"includes", head + "[dependency-groups]\nx = [{include-group = \"y\"}]\ny = [{include-group = \"x\"}, {include-group = \"z\"}, 1, {a = 1}]\n",
			[]string{"6: expected a requirement", "6: a table here", "6: includes itself", "6: not defined"}},
		{"tool.quatrain", head + "[tool.quatrain]\ncomand = \"x\"\nports = [0]\nhealthcheck = {command = [\"x\"], interval = \"soon\"}\n[tool.quatrain.target.t]\ngroup = [\"main\"]\n",
			[]string{"5: unknown key \"comand\"", "6: not a port", "7: not a duration", "9: unknown key \"group\""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := parse(c.text)
			all := source.All(err)
			for _, want := range c.want {
				line, part, _ := strings.Cut(want, ": ")
				found := false
				for _, e := range all {
					at := "0"
					if _, l, ok := strings.Cut(e.At.String(), ":"); ok {
						at = l
					}
					found = found || at == line && strings.Contains(e.Message, part)
				}
				if !found {
					t.Errorf("no error %q in:\n%v", want, err)
				}
			}
			if len(all) != len(c.want) {
				t.Errorf("%d errors, want %d:\n%v", len(all), len(c.want), err)
			}
		})
	}
}
