package frontend_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/frontend"
)

// `poetry install` follows links of packages wherever they lead. An image has the project's
// folder: links inside of it are followed, and others are named.
func TestLinkedPackages(t *testing.T) {
	packages := func(text string) string { return toml + "[tool.poetry]\npackages = [" + text + "]\n" }
	for name, c := range map[string]struct {
		toml         string
		links        map[string]string
		want         string // of the .pth file
		err, warning string
	}{
		"a folder":             {toml: toml, links: map[string]string{"shop": "lib/shop"}, want: "/app\\n"},
		"a folder in src":      {toml: toml, links: map[string]string{"src/shop": "../lib/shop"}, want: "/app/src\\n"},
		"a folder of folders":  {toml: toml, links: map[string]string{"src": "lib"}, want: "/app/src\\n"},
		"a module":             {toml: toml, links: map[string]string{"shop.py": "lib/shop/__init__.py"}, want: "/app\\n"},
		"a package":            {toml: packages(`{include = "shop", from = "own"}`), links: map[string]string{"own": "lib"}, want: "/app/own\\n"},
		"a package by pattern": {toml: packages(`{include = "shop/*.py"}`), links: map[string]string{"shop": "lib/shop"}, want: "/app\\n"},
		"one after the other":  {toml: toml, links: map[string]string{"shop": "other", "other": "lib/shop"}, want: "/app\\n"},
		"out of the project":   {toml: toml, links: map[string]string{"shop": "../common/shop"}, err: `svc/pyproject.toml:2: the project cannot be installed: package "shop" is a link to "../common/shop", which is not in the image`},
		"out of src":           {toml: toml, links: map[string]string{"src": "../common"}, err: `package "src/shop" not found: src is a link to "../common"`},
		"a module outside":     {toml: toml, links: map[string]string{"shop.py": "../common/shop/__init__.py"}, err: `package "shop.py" is a link to`},
		"a package outside":    {toml: packages(`{include = "shop"}`), links: map[string]string{"shop": "../common/shop"}, err: `svc/pyproject.toml:12: the project cannot be installed: package "shop" is a link to`},
		"a pattern outside":    {toml: packages(`{include = "shop/*.py", from = "own"}`), links: map[string]string{"own": "../common"}, err: `package "own/shop/*.py" not found: own is a link to "../common"`},
		"an absolute path":     {toml: toml, links: map[string]string{"shop": "/home/me/shop"}, err: `package "shop" is a link to "/home/me/shop"`},
		"a circle":             {toml: toml, links: map[string]string{"shop": "other", "other": "shop"}, err: `package "shop" is a link to "other"`},
		"inside of a package":  {toml: packages(`{include = "shop", from = "lib"}`), links: map[string]string{"lib/shop/models": "../../../common/shop", "lib/shop/own": "../shop"}, want: "/app/lib\\n", warning: `lib/shop/models is a link to "../../../common/shop", which is not in the image (svc/pyproject.toml:12)`},
	} {
		t.Run(name, func(t *testing.T) {
			a := asked{
				files: map[string]string{"svc/pyproject.toml": c.toml, "svc/poetry.lock": lock, "svc/lib/shop/__init__.py": "", "common/shop/__init__.py": ""},
				opts:  args("filename", "svc/pyproject.toml", "build-arg:project-dir", "svc"),
			}
			client := request(t, a)
			for link, to := range c.links {
				full := filepath.Join(client.Dir, "svc", link)
				if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(to, full); err != nil {
					t.Fatal(err)
				}
			}
			res, err := frontend.Build(context.Background(), client)
			got := answer{result: res, err: err, warnings: client.Warnings(), client: client}
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("%v", err)
				}
				return
			}
			if graph := got.graph(t); !strings.Contains(graph, `shop.pth 0644 time=1980-01-01: "`+c.want+`"`) {
				t.Errorf("no .pth file with %s", c.want)
			}
			said := strings.Join(got.warnings, "\n")
			if c.warning == "" && said != "" || !strings.Contains(said, c.warning) {
				t.Errorf("warnings %q", said)
			}
		})
	}
}

// Packages from above the project are refused before anything runs, all of them, whatever
// the form of the project.
func TestPackagesFromAbove(t *testing.T) {
	text := toml + "[tool.poetry]\npackages = [\n{include = \"acme/api\", from = \"../../bases\"},\n{include = \"acme/log\", from = \"../../components\"},\n]\n[build-system]\nbuild-backend = \"poetry.core.masonry.api\"\n"
	for _, form := range []string{"source", "wheel"} {
		a := build(t, asked{
			files: map[string]string{"projects/svc/pyproject.toml": strings.Replace(text, "[tool.quatrain]\n", "[tool.quatrain]\nproject = \""+form+"\"\n", 1), "projects/svc/poetry.lock": lock, "bases/acme/api/__init__.py": ""},
			opts:  args("filename", "projects/svc/pyproject.toml", "build-arg:project-dir", "projects/svc"),
		})
		for _, want := range []string{`projects/svc/pyproject.toml:14: package "../../bases/acme/api" is outside the project`, `projects/svc/pyproject.toml:15: package "../../components/acme/log"`} {
			if a.err == nil || !strings.Contains(a.err.Error(), want) {
				t.Errorf("%s: %v, want %s", form, a.err, want)
			}
		}
	}
}

// The hint of a build script names the table that decides for the target.
func TestBuildScriptHint(t *testing.T) {
	for target, want := range map[string]string{
		"": "in [tool.quatrain]:", "test": "in [tool.quatrain.target.test]:", "development": "in [tool.quatrain.target.development]:", "ci": "in [tool.quatrain.target.ci]:",
	} {
		text := toml + "[tool.quatrain.target.ci]\nfrom = \"test\"\ncommand = \"x\"\n[tool.quatrain.target.test]\ncommand = \"x\"\n[tool.quatrain.target.development]\n[tool.poetry.build]\nscript = \"build.py\"\n"
		a := build(t, asked{files: map[string]string{"pyproject.toml": text}, opts: args("target", target)})
		if a.err == nil || !strings.Contains(a.err.Error(), `Set project = "wheel" `+want) {
			t.Errorf("%s: %v", target, a.err)
		}
		table := strings.TrimSuffix(strings.TrimPrefix(want, "in "), ":")
		fixed := strings.Replace(text, table+"\n", table+"\nproject = \"wheel\"\n", 1)
		if a := build(t, asked{files: map[string]string{"pyproject.toml": fixed}, opts: args("target", target)}); a.err != nil {
			t.Errorf("%s, as the hint says: %v", target, a.err)
		}
	}
}
