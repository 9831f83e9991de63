package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// in reports whether a selection has a file.
func in(f Files, name string) bool {
	return (len(f.Include) == 0 || newMatcher(f.Include).matches(name)) && !newMatcher(f.Exclude).matches(name)
}

// secret files, by their names; in any folder.
var secret = []string{
	".env", ".env.local", ".env.production", ".env.prod.local", ".env.d", ".env.dev", ".env.development", ".env.di", ".env.disabled",
	".env.e", ".env.express", ".env.s", ".env.staging", ".env.sandbox", ".env.test", ".env.temp", ".env.tmp", ".env.t", ".env.1",
	".envrc", ".secrets.toml", ".streamlit/secrets.toml", "id_rsa", "id_ed25519", "server.key", "a.b.key", "store.p12", "store.pfx", "putty.ppk",
	"key.pem", "privkey.pem", "server-key.pem", "tls_key.pem", "example.com.key.pem", "private_key.pem",
	".netrc", ".pypirc", ".npmrc", ".git-credentials", ".pgpass", ".aws/credentials", ".ssh/config", ".docker/config.json", ".kube/config", ".config/gcloud/x.json",
	"terraform.tfstate", "terraform.tfstate.backup", "terraform.tfstate.d/prod/x",
}

// leftover is what tools keep in a working copy.
var leftover = []string{
	".git/config", "vendored/.git", ".venv/bin/python", ".venv-3.12/pyvenv.cfg", "node_modules/x/index.js", "web/node_modules/x/index.js", ".tox/py/x", ".nox/x",
	"shop/__pycache__/x.cpython-313.pyc", "shop/x.pyc", ".mypy_cache/x", ".ruff_cache/x", ".pytest_cache/x", ".coverage", ".coverage.host.1", "htmlcov/index.html",
	".DS_Store", "shop/.DS_Store", ".idea/x.xml", ".vscode/settings.json", "deploy/.terraform/x",
}

// kept is what looks a little like those.
var kept = []string{
	".env.example", ".env.sample", ".env.template", ".env.dist", "shop/templates/.env.example", ".env.example.local",
	"env/__init__.py", "venv/__init__.py", "shop/env/settings.py", "environment.py", "shop/env.py", "env.example",
	"certifi/cacert.pem", "ca.pem", "public.pem", "public_key.pem", "pub-key.pem", "pubkey.pem", "cert.pem", "shop/keys.py", "key.py", "keyboard.keymap",
	"id_rsa.pub", "server.crt", "shop/aws/x.py", "ssh/x.py", "docker/config.json", ".config/app.toml", "pex.pex",
	".coveragerc", "shop/htmlcov/x.html", "node_modules.md", ".gitignore", ".github/workflows/x.yml", ".dockerignore", "tests/conftest.py", "tox.ini", "main.tf",
}

func TestLeftOut(t *testing.T) {
	p := project(t, "")
	for _, f := range []Files{AppFiles(p, nil), SourceFiles(p, nil), LibraryFiles(p, "../lib")} {
		for _, name := range slices.Concat(secret, leftover) {
			if in(f, name) {
				t.Errorf("%s is there", name)
			}
		}
		for _, name := range secret {
			if in(f, "a/b/"+name) {
				t.Errorf("a/b/%s is there", name)
			}
		}
		for _, name := range kept {
			if !in(f, name) {
				t.Errorf("%s is not there", name)
			}
		}
		if slices.ContainsFunc(f.Exclude, func(p string) bool { return strings.HasPrefix(p, "!") }) {
			t.Error("a pattern takes something back: every folder that is left out is walked for it")
		}
	}
}

// A virtual environment is left out for what is in it, and not for its name.
func TestLeftOutEnvironments(t *testing.T) {
	p := project(t, "")
	for _, f := range []Files{AppFiles(p, []string{"venv", "env"}), SourceFiles(p, []string{"venv", "env"})} {
		for name, want := range map[string]bool{"venv/bin/python": false, "env/pyvenv.cfg": false, "shop/env/x.py": true, "ENV/x.py": true} {
			if in(f, name) != want {
				t.Errorf("%s is there: %v", name, !want)
			}
		}
	}
}

// No rule takes a package of the project.
func TestLeftOutNoPackage(t *testing.T) {
	for _, c := range []struct{ toml, there string }{
		{"[project]\nname = \"env\"\nversion = \"1\"\n", "env/__init__.py"},
		{"[project]\nname = \"HTMLcov\"\nversion = \"1\"\n", "htmlcov/__init__.py"},
		{"[project]\nname = \"x\"\nversion = \"1\"\n[tool.poetry]\npackages = [{include = \"env\"}]\n", "env/__init__.py"},
		{"[project]\nname = \"x\"\nversion = \"1\"\n[tool.poetry]\npackages = [{include = \"shop\", from = \"env\"}]\n", "env/shop/__init__.py"},
		{"[project]\nname = \"x\"\nversion = \"1\"\n[tool.poetry]\npackages = [{include = \"node_modules/**/*.py\"}]\n", "node_modules/x.py"},
	} {
		p := parse(t, c.toml)
		for _, f := range []Files{AppFiles(p, []string{"env"}), SourceFiles(p, []string{"env"})} {
			if !in(f, c.there) {
				t.Errorf("%s%s is not there", c.toml, c.there)
			}
		}
		if f := AppFiles(p, nil); in(f, c.there[:strings.Index(c.there, "/")]+"/.env") {
			t.Errorf("%s: the package's .env is there", c.toml)
		}
	}
}

// What a project names comes back, and nothing else does.
func TestTakenBack(t *testing.T) {
	for exclude, names := range map[string]map[string]bool{
		`["!.env"]`:                         {".env": true, "a/.env": false, ".env.local": false},
		`["!**/.env"]`:                      {".env": true, "a/.env": true},
		`["!.env*"]`:                        {".env": true, ".env.local": true, "id_rsa": false},
		`["!/tests/**/*.key"]`:              {"tests/tls/a.key": true, "a.key": false},
		`["!tests/fixtures/a.key"]`:         {"tests/fixtures/a.key": true, "tests/fixtures/b.key": false},
		`["!.aws/config"]`:                  {".aws/config": true, ".aws/credentials": false},
		`["!node_modules/**"]`:              {"node_modules/x/y.js": true, "web/node_modules/y.js": false},
		`["!venv"]`:                         {"venv/x": true, "env/x": false},
		`["!poetry.lock"]`:                  {"poetry.lock": true},
		`["!poetry.lock", "poetry.lock"]`:   {"poetry.lock": false},
		`["!.env", "tests"]`:                {".env": true, "tests/x": false},
		`["*", "!shop", "!pyproject.toml"]`: {"shop/x.py": true, "pyproject.toml": true, "README.md": false, "shop/.env": false, "shop/__pycache__/x": false},
		`["*", "!shop", "!shop/.env"]`:      {"shop/x.py": true, "shop/.env": true, "README.md": false},
		`["data", "!data/**"]`:              {"data/x": true, "data/.env": false},
		`["!*.*"]`:                          {".env": false},
		`["!**"]`:                           {"x": true, ".env": false, ".git/config": false},
		`["docs", "!docs/*.md"]`:            {"docs/x.md": true, "docs/x.rst": false, "docs/.env": false},
	} {
		p := project(t, "[tool.quatrain]\nexclude = "+exclude+"\n")
		f := AppFiles(p, []string{"venv", "env"})
		for name, want := range names {
			if in(f, name) != want {
				t.Errorf("%s: %s is there: %v\n%q", exclude, name, !want, f.Exclude[len(f.Exclude)-2:])
			}
		}
	}
}

// What the image has, a wheel is built of; other exclusions are the image's own.
func TestTakenBackInSources(t *testing.T) {
	p := project(t, "[tool.quatrain]\nexclude = [\"tests\", \"!libs/a/.env\", \"!**/x.key\", \"!*.md\"]\n")
	for _, c := range []struct {
		f    Files
		want []string
	}{
		{SourceFiles(p, nil), []string{"!libs/a/.env", "!**/x.key"}},
		{LibraryFiles(p, "libs/a"), []string{"!.env", "!**/x.key"}},
		{LibraryFiles(p, "./libs/b/"), []string{"!**/x.key"}},
		{LibraryFiles(p, ".."), []string{"!**/x.key"}},
	} {
		var got []string
		for _, pattern := range c.f.Exclude {
			if strings.HasPrefix(pattern, "!") {
				got = append(got, pattern)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
		if slices.Contains(c.f.Exclude, "tests") {
			t.Error("the wheel is built without the tests")
		}
	}
}

func TestSecretsInFiles(t *testing.T) {
	for settings, want := range map[string][]string{
		`exclude = ["!.env"]`:                            {".env looks like a secret, and everyone"},
		`exclude = ["tests", "!./config/.env.prod"]`:     {"config/.env.prod looks like a secret, and everyone"},
		`exclude = ["!**/*.key"]`:                        {"*.key looks like a secret, and everyone"},
		`exclude = ["!.env*"]`:                           {".env looks like a secret, and everyone"},
		`exclude = ["!.aws"]`:                            {".aws looks like a secret, and everyone"},
		`exclude = ["!.env", ".env"]`:                    nil,
		`exclude = ["*", "!shop", "!poetry.lock"]`:       nil,
		`exclude = ["!.env.example", "!node_modules"]`:   nil,
		`include = ["shop", ".env"]`:                     {".env looks like a secret, and stays out of the image though `include` names it"},
		`include = ["shop", "certs/server.key"]`:         {"certs/server.key looks like a secret, and stays out"},
		"include = [\"shop\"]\nexclude = [\"!.env\"]":    nil,
		"include = [\".env\"]\nexclude = [\"!.env\"]":    {".env looks like a secret, and everyone"},
		`include = ["**", "cacert.pem", ".env.example"]`: nil,
		`include = ["*.*", "*"]`:                         nil,
		"project = \"wheel\"\n[tool.poetry]\ninclude = [\"shop/.env\", {path = \"id_rsa\", format = \"wheel\"}, 3, {format = \"sdist\"}]": {
			"shop/.env looks like a secret, and stays out", "id_rsa looks like a secret, and stays out",
		},
		"project = \"source\"\n[tool.poetry]\ninclude = [\"shop/.env\"]": nil,
	} {
		var got []string
		for _, e := range SecretsInFiles(project(t, "[tool.quatrain]\n"+settings+"\n")) {
			got = append(got, e.Message)
			if e.Hint == "" || e.At.File == nil {
				t.Errorf("%s: %+v", settings, e)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %q, want %q", settings, got, want)
			continue
		}
		for i := range want {
			if !strings.HasPrefix(got[i], want[i]) {
				t.Errorf("%s: %q, want %q", settings, got[i], want[i])
			}
		}
	}
}
