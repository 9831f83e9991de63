package selection_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// parse reads a project with the dependencies given, and a lock of the packages given.
func parse(t *testing.T, dependencies, packages, version string) (*pyproject.Project, *lockfile.Lock) {
	t.Helper()
	text := "[tool.poetry]\nname = \"root\"\nversion = \"1\"\n[tool.poetry.dependencies]\npython = \"^3.8\"\n" + dependencies
	project, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	text = packages + "\n[metadata]\nlock-version = \"" + version + "\"\npython-versions = \"^3.8\"\ncontent-hash = \"x\"\n"
	lock, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return project, lock
}

// locked is a [[package]] entry; more follows the usual keys.
func locked(name, version, more string) string {
	return "[[package]]\nname = \"" + name + "\"\nversion = \"" + version +
		"\"\noptional = false\npython-versions = \"*\"\nfiles = []\n" + more + "\n"
}

func selectFrom(t *testing.T, p *pyproject.Project, l *lockfile.Lock, extras ...string) (string, error) {
	t.Helper()
	python, err := pep440.ParseVersion("3.11.9")
	if err != nil {
		t.Fatal(err)
	}
	got, err := selection.Packages(p, l, selection.Request{
		Groups: []string{"main"}, Extras: extras, Python: python,
		Environment: pep508.LinuxEnvironment("3.11.9", "x86_64"),
	})
	return strings.Join(ids(got), " "), err
}

func TestWalk(t *testing.T) {
	for _, c := range []struct {
		name, dependencies, packages string
		extras                       []string
		want                         string
	}{
		{
			"markers, python and platform keys",
			`a = "*"`,
			locked("a", "1", "[package.dependencies]\nb = {version = \"*\", markers = \"sys_platform == 'win32'\"}\nc = {version = \"*\", python = \"<3.9\"}\nd = {version = \"*\", platform = \"darwin\"}\ne = \"*\"") +
				locked("b", "1", "") + locked("c", "1", "") + locked("d", "1", "") + locked("e", "1", ""),
			nil, "a==1 e==1",
		},
		{
			"the highest version that fits every need",
			"a = \"*\"\nb = \"<3\"",
			locked("a", "1", "[package.dependencies]\nb = \"!=2\"") + locked("b", "1", "") + locked("b", "2", "") + locked("b", "3", ""),
			nil, "a==1 b==1",
		},
		{
			"a pre-release is as good as another where it is locked",
			`a = "*"`,
			locked("a", "2.0a1", "") + locked("a", "1", ""),
			nil, "a==2.0a1",
		},
		{
			"of several solutions the one of Poetry: what has bounds chooses first",
			"d = \"*\"\nm = \"*\"",
			locked("d", "1", "[package.dependencies]\nk = \"*\"") + locked("k", "1", "") + locked("k", "2", "[package.dependencies]\nm = \"1\"") +
				locked("m", "1", "") + locked("m", "2", ""),
			nil, "d==1 k==2 m==1",
		},
		{
			"a need of another version of itself is not satisfied",
			"a = \"*\"",
			locked("a", "2", "[package.dependencies]\na = [{version = \"1\"}, {version = \"1\", markers = \"os_name == 'posix'\"}]") + locked("a", "1", "[package.dependencies]\na = \"*\""),
			nil, "a==1",
		},
		{
			"a choice that leads to a conflict is taken back",
			"a = \"*\"\nb = \"*\"",
			locked("a", "2", "[package.dependencies]\nc = \"2\"") + locked("a", "1", "[package.dependencies]\nc = \"1\"") +
				locked("b", "2", "[package.dependencies]\nc = \"3\"") + locked("b", "1", "[package.dependencies]\nc = \"1\"") +
				locked("c", "1", "") + locked("c", "2", ""),
			nil, "a==1 b==1 c==1",
		},
		{
			"extras of a package, one naming another",
			`a = {version = "*", extras = ["all"]}`,
			locked("a", "1", "[package.dependencies]\nb = {version = \"*\", optional = true}\nc = {version = \"*\", optional = true}\n[package.extras]\nall = [\"a[x]\"]\nx = [\"b (>=1)\"]\ny = [\"c\"]") +
				locked("b", "1", "") + locked("c", "1", ""),
			nil, "a==1 b==1",
		},
		{
			"an optional dependency's need stays when the project has it too",
			"importlib-metadata = {version = \"*\", python = \"<3.10\"}\nkeyring = {version = \"*\", optional = true}\n[tool.poetry.extras]\nk = [\"keyring\"]",
			locked("importlib-metadata", "8", "[package.dependencies]\nzipp = \"*\"") + locked("zipp", "3", "") +
				locked("keyring", "25", "[package.dependencies]\nimportlib-metadata = \"*\"") + "[extras]\nk = [\"keyring\"]",
			nil, "importlib-metadata==8 zipp==3",
		},
		{
			"an extra of the project",
			"keyring = {version = \"*\", optional = true}\n[tool.poetry.extras]\nk = [\"keyring\"]",
			locked("keyring", "25", "[package.dependencies]\nz = \"*\"\nroot = \"*\"") + locked("z", "1", "") + "[extras]\nk = [\"keyring\"]",
			[]string{"K"}, "keyring==25 z==1",
		},
		{
			"a need for another Python reaches no other extras",
			"cache = {version = \"*\", extras = [\"x\"], python = \">=3.12\"}\nweb = {version = \"*\", optional = true}\n[tool.poetry.extras]\nw = [\"web\"]",
			locked("web", "1", "[package.dependencies]\ncache = {version = \"*\", extras = [\"y\"]}") +
				locked("cache", "1", "[package.extras]\nx = []\ny = []") + "[extras]\nw = [\"web\"]",
			nil, "",
		},
		{
			"by source",
			"torch = {version = \"*\", source = \"cpu\"}\nb = {version = \"*\", source = \"pypi\"}",
			locked("torch", "2", "") + locked("torch", "2+cpu", "[package.source]\ntype = \"legacy\"\nurl = \"https://example.org/simple\"\nreference = \"cpu\"") + locked("b", "1", ""),
			nil, "b==1 torch==2+cpu",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, l := parse(t, c.dependencies, c.packages, "2.0")
			got, err := selectFrom(t, p, l, c.extras...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	groups := "groups = [\"main\"]\n"
	for _, c := range []struct {
		name, dependencies, packages, version string
		extras                                []string
		want                                  string
	}{
		{"not satisfied", `a = "*"`, locked("a", "1", "[package.dependencies]\nb = \">=2\"") + locked("b", "1", ""), "2.0", nil, "a needs b >=2, but the lock has b 1"},
		{"not locked", `a = "*"`, locked("b", "1", ""), "2.0", nil, "the project needs a, but the lock has no version of it"},
		{"no such extra", `a = "*"`, locked("a", "1", groups), "2.1", []string{"x"}, "extra [x] is not specified"},
		{"two entries", `a = "*"`, locked("a", "1", groups) + locked("a", "2", groups+"markers = \"python_version > '3.9'\""), "2.1", nil, "a 2 and 1 (line 1) both apply"},
		{"bad marker", `a = "*"`, locked("a", "1", groups+"markers = \"spam\""), "2.1", nil, "poetry.lock:8: a: marker"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, l := parse(t, c.dependencies, c.packages, c.version)
			got, err := selectFrom(t, p, l, c.extras...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
			if len(source.All(err)) != 1 {
				t.Errorf("%v is not one source.Error", err)
			}
		})
	}
}

// The markers of a 2.1 package may differ by group, under the group's name as written.
func TestMarkersByGroup(t *testing.T) {
	p, l := parse(t, `a = "*"`, locked("a", "1", "groups = [\"main\", \"test_x\"]\n[package.markers]\nmain = \"sys_platform == 'win32'\"\ntest_x = \"python_version > '3.9'\""), "2.1")
	for group, want := range map[string]int{"main": 0, "test-x": 1, "other": 0} {
		got, err := selection.Packages(p, l, selection.Request{Groups: []string{group}, Environment: pep508.LinuxEnvironment("3.11.9", "x86_64")})
		if err != nil || len(got) != want {
			t.Errorf("%s: %d packages, %v", group, len(got), err)
		}
	}
}

func TestActiveGroups(t *testing.T) {
	p, _ := parse(t, "a = \"*\"\n[tool.poetry.group.Dev.dependencies]\nb = \"*\"\n[tool.poetry.group.docs]\noptional = true\n[tool.poetry.group.docs.dependencies]\nc = \"*\"", "package = []", "2.1")
	for _, c := range []struct{ with, without, only, want string }{
		{"", "", "", "dev main"},
		{"docs", "", "", "dev docs main"},
		{"docs", "Dev", "", "docs main"},
		{"", "main", "", "dev"},
		{"docs", "docs", "main", "main"},
		{"", "", "docs DEV", "dev docs"},
	} {
		got, err := selection.ActiveGroups(p, strings.Fields(c.with), strings.Fields(c.without), strings.Fields(c.only))
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
	if _, err := selection.ActiveGroups(p, []string{"doc"}, nil, []string{"nope"}); err == nil || !strings.Contains(err.Error(), `Did you mean "docs"`) || len(source.All(err)) != 2 {
		t.Errorf("%v", err)
	}
}
