package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

const head = "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.11,<3.13\"\n[project.scripts]\nshop-serve = \"shop:main\"\n"

const locked = `
[[package]]
name = "uvicorn"
version = "0.30.0"
python-versions = ">=3.8"
groups = ["main"]
files = [{file = "uvicorn-0.30.0-py3-none-any.whl", hash = "sha256:00"}]

[[package]]
name = "pytest"
version = "8.0.0"
python-versions = ">=3.8"
groups = ["dev"]
files = [{file = "pytest-8.0.0-py3-none-any.whl", hash = "sha256:00"}]

[metadata]
lock-version = "2.1"
python-versions = ">=3.11,<3.13"
content-hash = "%s"
`

// check is what the rules find in a project, as "rule: file:line: message".
func check(t *testing.T, toml, lock string) []string {
	t.Helper()
	p, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(toml)})
	if err != nil {
		t.Fatal(err)
	}
	hash, err := lockfile.ContentHash(p.Root)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(lock, "%s") {
		lock = fmt.Sprintf(lock, hash)
	}
	l, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte(lock)})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, w := range Check(p, l) {
		all = append(all, w.Rule.Name+": "+w.At.String()+": "+w.Message)
	}
	return all
}

func TestRules(t *testing.T) {
	quatrain := func(lines ...string) string { return head + "[tool.quatrain]\n" + strings.Join(lines, "\n") + "\n" }
	for name, c := range map[string]struct {
		toml string
		lock string // locked where empty
		want []string
	}{
		"nothing to say": {toml: quatrain(`command = ["uvicorn", "shop:app", "--host", "0.0.0.0"]`, `python = "3.12"`)},
		"stale":          {toml: head, lock: strings.Replace(locked, "%s", "ab", 1), want: []string{"StaleLock: poetry.lock:19: pyproject.toml changed since poetry.lock was generated: run `poetry lock`"}},
		"old lock": {
			toml: head, lock: strings.ReplaceAll(strings.Replace(locked, `"2.1"`, `"2.0"`, 1), "groups = ", "#"),
			want: []string{"LegacyLock: poetry.lock:17: lock-version 2.0 is old: run `poetry lock` with Poetry 2"},
		},
		"python": {toml: quatrain(`python = "3.13"`), want: []string{"PythonNotAllowed: pyproject.toml:8: Python 3.13 is not allowed by the project (>=3.11,<3.13)"}},
		"group of nobody": {
			toml: head + "[tool.poetry.group.docs]\noptional = true\n[tool.poetry.group.docs.dependencies]\n",
			want: []string{"UnusedGroup: pyproject.toml:7: no target installs the optional group docs: add it to `groups` of a target"},
		},
		"group of a target": {toml: head + "[tool.poetry.group.docs]\noptional = true\n[tool.poetry.group.docs.dependencies]\n[tool.quatrain.target.docs]\ngroups = [\"docs\"]\n"},
		"optional": {
			toml: strings.Replace(head, "[project.scripts]", "dynamic = [\"dependencies\"]\n[tool.poetry.dependencies]\nredis = {version = \"*\", optional = true}\n[project.scripts]", 1),
			want: []string{"OptionalInNoExtra: pyproject.toml:7: redis is optional and in no extra, so it is never installed: add it to an extra"},
		},
		"placeholder": {
			toml: strings.Replace(head, "version = \"1\"", "version = \"0.0.0\"", 1) + "[tool.poetry-dynamic-versioning]\nenable = true\n",
			want: []string{"PlaceholderVersion: pyproject.toml:3: the image says version 0.0.0, a placeholder: poetry-dynamic-versioning, which replaces it, does not run in a build"},
		},
		"no command": {toml: strings.Replace(head, "shop-serve", "a = \"shop:a\"\nshop-serve", 1), want: []string{"NoCommand: pyproject.toml:2: the production image starts a Python prompt: set `command` in [tool.quatrain]"}},
		"development's tool": {
			toml: head + "[tool.poetry.group.dev.dependencies]\n[tool.quatrain]\ncommand = [\"python\", \"-m\", \"pytest\"]\n[tool.quatrain.target.development]\ncommand = \"pytest\"\n",
			want: []string{"CommandNotInstalled: pyproject.toml:9: target production does not install pytest, which its command runs: it is only in the group dev"},
		},
		"tool of two groups": {
			toml: head + "[tool.quatrain]\ncommand = \"pytest\"\n", lock: strings.Replace(locked, `["dev"]`, `["dev", "test"]`, 1),
			want: []string{"CommandNotInstalled: pyproject.toml:8: target production does not install pytest, which its command runs: it is only in the groups dev, test"},
		},
		"tool that no package has": {
			toml: quatrain(`command = "celery worker"`),
			want: []string{"CommandNotInstalled: pyproject.toml:8: target production does not install celery, which its command runs: add it as a dependency"},
		},
		"variable in a value": {
			toml: quatrain(`env = {COMMIT = "${GIT_SHA}"}`),
			want: []string{"EnvNotExpanded: pyproject.toml:8: env COMMIT: nothing expands ${GIT_SHA}: write the value itself, or set it when the container starts"},
		},
		"no such script": {toml: quatrain(`command = "shop-server --port 80"`), want: []string{"CommandNotInstalled: pyproject.toml:8: the project has no script shop-server: did you mean shop-serve?"}},
		"shell": {
			toml: quatrain(`command = "shop-serve --port $PORT"`, `[tool.quatrain.target.a]`, `command = "shop-serve && true"`, `[tool.quatrain.target.b]`, `command = ["sh", "-c", "a && $B"]`),
			want: []string{
				`ShellSyntax: pyproject.toml:8: no shell interprets $PORT: use ["sh", "-c", "…"] or a script of the project`,
				`ShellSyntax: pyproject.toml:10: no shell interprets &&: use ["sh", "-c", "…"] or a script of the project`,
			},
		},
		"loopback": {
			toml: quatrain(`command = "shop-serve -b localhost:80 shop"`, `[tool.quatrain.target.a]`, `command = "uvicorn shop:app --port 80"`, `[tool.quatrain.target.b]`, `command = "uvicorn shop:app"`, `env = {UVICORN_HOST = "::"}`),
			want: []string{
				"LoopbackHost: pyproject.toml:8: -b localhost:80 can only be reached from inside the container: use 0.0.0.0",
				`LoopbackHost: pyproject.toml:10: uvicorn listens on 127.0.0.1 by default: add "--host", "0.0.0.0"`,
			},
		},
		"health": {
			toml: quatrain(`healthcheck = {command = "curl -f localhost"}`, `[tool.quatrain.target.a]`, `apt = ["curl"]`, `[tool.quatrain.target.b]`, `healthcheck = {command = "shop-serve --ping"}`),
			want: []string{"HealthcheckTool: pyproject.toml:8: the image has no curl: add it to `apt`, or write the check in Python"},
		},
		"health on a full base": {toml: quatrain(`base = "python:3.12"`, `healthcheck = {command = "curl -f localhost"}`)},
		"root":                  {toml: quatrain(`user = "root"`), want: []string{"RootUser: pyproject.toml:8: the image runs as root: remove `user`, or name another user"}},
		"address with a secret": {
			toml: head + "[[tool.poetry.source]]\nname = \"x\"\nurl = \"https://u:p@example.com/simple\"\n",
			want: []string{"SecretInURL: pyproject.toml:7: the address of source x contains a login, a token or a signature: pass it as a build secret"},
		},
		"addresses of SSH": {toml: head + "[tool.poetry.dependencies]\na = {git = \"git@git.example:group/a.git\"}\nb = {git = \"ssh://git@git.example/b.git\"}\n"},
		"environment with a secret": {
			toml: quatrain(`env = {DB_PASSWORD = "x", DB_PASSWORD_FILE = "/run/secrets/db", TOKENIZER = "y", API_KEY = ""}`),
			want: []string{"SecretInEnv: pyproject.toml:8: DB_PASSWORD looks like a secret, and everyone who has the image can read it: set it when the container starts"},
		},
		"files with a secret": {
			toml: quatrain(`include = ["**", "id_rsa"]`, `exclude = ["tests", "!.env", "!poetry.lock"]`),
			want: []string{
				"SecretInFiles: pyproject.toml:9: .env looks like a secret, and everyone with the image can read it. Leave it out of the image, and pass it when a container starts.",
				"SecretInFiles: pyproject.toml:8: id_rsa looks like a secret, and stays out of the image though `include` names it. Pass it when a container starts, or add \"!id_rsa\" to `exclude` if the image needs it.",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			lock := c.lock
			if lock == "" {
				lock = locked
			}
			if diff := cmp.Diff(c.want, check(t, c.toml, lock)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What --check and the reference page print.
func TestRulesAreDescribed(t *testing.T) {
	for _, r := range Rules() {
		if r.Name == "" || r.Description == "" || strings.HasSuffix(r.Description, ".") {
			t.Errorf("%+v", r)
		}
	}
}

// Programs that no image has, and servers that listen on 127.0.0.1 unless told otherwise.
func TestCommandRules(t *testing.T) {
	for command, want := range map[string]string{
		`"poetry install"`:                                                        "CommandNotInstalled: target production does not install poetry",
		`["uv", "run", "shop"]`:                                                   "CommandNotInstalled: target production does not install uv",
		`"pipenv run shop"`:                                                       "CommandNotInstalled: target production does not install pipenv",
		`"pip install ."`:                                                         "CommandNotInstalled: target production does not install pip",
		`["/usr/local/bin/uv", "run", "shop"]`:                                    "CommandNotInstalled: target production does not install uv",
		`["tini", "--", "poetry", "run", "shop"]`:                                 "CommandNotInstalled: target production does not install poetry",
		`["/usr/bin/dumb-init", "-v", "pipenv", "run"]`:                           "CommandNotInstalled: target production does not install pipenv",
		`["env", "-u", "X", "A=1", "uv", "run", "shop"]`:                          "CommandNotInstalled: target production does not install uv",
		`["tini", "-p", "SIGTERM", "--", "shop-serve"]`:                           "",
		`["tini", "-p"]`:                                                          "",
		`["env"]`:                                                                 "",
		`["env", "X=1", "uvicorn", "shop:app"]`:                                   "LoopbackHost: uvicorn",
		`"bin/uv run"`:                                                            "",
		`"python -m pip install ."`:                                               "CommandNotInstalled: target production does not install pip",
		`"gunicorn -b 0.0.0.0:80 shop"`:                                           "CommandNotInstalled: target production does not install gunicorn",
		`"poetry run shop-serve"`:                                                 "PoetryRun: `poetry run` is removed from the command",
		`["poetry", "-n", "run", "shop-serve"]`:                                   "PoetryRun: `poetry -n run` is removed from the command",
		`".venv/bin/shop-serve"`:                                                  "PoetryRun: `.venv/bin/` is removed from the command",
		`"poetry run uvicorn shop:app"`:                                           "LoopbackHost: uvicorn listens on 127.0.0.1",
		`["sh", "-c", "poetry run shop-serve"]`:                                   "PoetryRun: the script calls `poetry run`",
		`["bash", "-ec", "poetry run shop"]`:                                      "PoetryRun: the script calls `poetry run`",
		`["sh", "-c", "cd x && exec uv run shop"]`:                                "PoetryRun: the script calls `uv run`",
		`["sh", "-c", ". .venv/bin/activate"]`:                                    "PoetryRun: the script calls `.venv/bin/activate`",
		`["sh", "-c", "uvicorn shop:app --host ::"]`:                              "",
		`["sh", "-c", "cd x && exec uvicorn shop:app"]`:                           "LoopbackHost: uvicorn listens on 127.0.0.1 by default: add --host 0.0.0.0",
		`["sh", "-ec", "shop-migrate; uvicorn shop:app --port $PORT"]`:            "LoopbackHost: uvicorn",
		`["bash", "-c", "uvicorn shop:app --host 127.0.0.1"]`:                     "LoopbackHost: --host 127.0.0.1 can only be reached",
		`["sh", "-c", "python manage.py migrate && python manage.py runserver"]`:  "LoopbackHost: runserver listens on 127.0.0.1 by default: add 0.0.0.0:8000",
		`["sh", "-c", "exec uvicorn shop:app --host 0.0.0.0 --port ${PORT:-80}"]`: "",
		`["sh", "-c", "uvicorn shop:app $OPTIONS"]`:                               "",
		`["sh", "-c", "UVICORN_HOST=:: uvicorn shop:app"]`:                        "",
		`["sh", "-c", "uvicorn shop:app | tee log"]`:                              "",
		`["sh", "-c", "uvicorn shop:app & wait"]`:                                 "LoopbackHost: uvicorn",
		`["sh", "-c", "pg_isready -h localhost && shop-serve"]`:                   "",
		`["sh", "-c", "shop-serve 'a"]`:                                           "",
		`["sh", "-c", ";"]`:                                                       "",
		`"gunicorn shop"`:                                                         `LoopbackHost: gunicorn listens on 127.0.0.1 by default: add "--bind"`,
		`"hypercorn shop:app"`:                                                    "LoopbackHost: hypercorn",
		`"daphne shop:app"`:                                                       "LoopbackHost: daphne",
		`"granian shop:app"`:                                                      "LoopbackHost: granian",
		`"flask --app shop run --port 80"`:                                        "LoopbackHost: flask run",
		`"fastapi dev shop.py"`:                                                   "LoopbackHost: fastapi dev",
		`"python -m flask run"`:                                                   "LoopbackHost: flask run",
		`"python manage.py runserver"`:                                            "LoopbackHost: runserver",
		`"python manage.py runserver 8000"`:                                       "LoopbackHost: runserver",
		`"python manage.py runserver 127.0.0.1:1"`:                                "LoopbackHost: runserver",
		`"python manage.py runserver 0.0.0.0:80"`:                                 "",
		`"python manage.py runserver [::]:80"`:                                    "",
		`"python manage.py migrate"`:                                              "",
		`"uvicorn shop:app --host=0.0.0.0"`:                                       "",
		`"uvicorn shop:app --uds /run/x"`:                                         "",
		`["sh", "-c", "shop-serve $PORT"]`:                                        "",
		`["shop-serve", "$(hostname)"]`:                                           "ShellSyntax: no shell interprets $(hostname)",
		`["shop-serve", ">", "log"]`:                                              "ShellSyntax: no shell interprets >",
		`["shop-serve", "2>&1"]`:                                                  "ShellSyntax: no shell interprets 2>&1",
		`["shop-serve", "~/x"]`:                                                   "ShellSyntax: no shell interprets ~/x",
		`["shop-serve", "${PORT:-80}"]`:                                           "ShellSyntax: no shell interprets ${PORT:-80}",
		`["shop-serve", "a>b", "$1"]`:                                             "",
	} {
		got := strings.ReplaceAll(strings.Join(check(t, head+"[tool.quatrain]\ncommand = "+command+"\n", locked), "\n"), "pyproject.toml:8: ", "")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", command, got, want)
		}
	}
}

// What an image of another base has is not known.
func TestCommandOfTheBase(t *testing.T) {
	for _, base := range []string{"corp/python-tools:1", "corp.example/base:3.12"} {
		if got := check(t, head+"[tool.quatrain]\nbase = \""+base+"\"\ncommand = \"poetry install\"\n", locked); len(got) != 0 {
			t.Errorf("%s: %q", base, got)
		}
	}
}

// A server in the entrypoint has its address in the command.
func TestServerInEntrypoint(t *testing.T) {
	for text, want := range map[string]string{
		"entrypoint = [\"uvicorn\"]\ncommand = [\"shop:app\", \"--host\", \"0.0.0.0\"]": "",
		"entrypoint = [\"uvicorn\"]\ncommand = [\"shop:app\"]":                          "LoopbackHost",
		"entrypoint = [\"tini\", \"--\"]\ncommand = [\"uvicorn\", \"shop:app\"]":        "LoopbackHost",
		"healthcheck = { command = [\"shop-serve\", \"-h\", \"localhost\"] }":           "",
	} {
		got := strings.Join(check(t, head+"[tool.quatrain]\n"+text+"\n", locked), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestEnvNotExpanded(t *testing.T) {
	for value, found := range map[string]bool{
		"${GIT_SHA}": true, "/opt/lib:$LD_LIBRARY_PATH": true, "`date`": true, "$(date)": true, "~/x": true, "/a:~/b": true, "~": true,
		"a$": false, "$1": false, "cost: 5$": false, "a~b": false, "/x": false, "": false,
	} {
		for _, table := range []string{"env", "labels", "build = { env", "prepare = { command = [\"shop-serve\"], env"} {
			closing := strings.Repeat("}", strings.Count(table, "{"))
			got := check(t, head+"[tool.quatrain]\n"+table+" = { X = '"+value+"' }"+closing+"\n", locked)
			if found != (len(got) == 1 && strings.HasPrefix(got[0], "EnvNotExpanded: pyproject.toml:8: ")) {
				t.Errorf("%s %q: %q", table, value, got)
			}
		}
	}
}
