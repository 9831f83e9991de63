package plan

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

const twoTeams = `
[project]
name = "shop"
version = "1"
dependencies = ["named @ https://files.test/named-1.0-py3-none-any.whl", "plainly @ http://plain.test/plainly-1.0.tar.gz"]

[tool.poetry.group.dev.dependencies]
company = { url = "https://elsewhere.test/company-1.0-py3-none-any.whl" }
beside = { url = "https://host.test/archive/beside-1.0-py3-none-any.whl" }
ours = { git = "https://git.test/group/ours.git" }
open = { git = "http://git.test:3000/group/open.git" }
ssh = { git = "git@ssh.test:group/ssh.git" }

[[tool.poetry.source]]
name = "company"
url = "https://host.test/company/simple"

[[tool.poetry.source]]
name = "team"
url = "https://host.test/company/simple/team/"
priority = "explicit"
`

func parsed(t *testing.T, text string) *pyproject.Project {
	t.Helper()
	p, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whose login a url dependency gets: pyproject.toml says it, never the lock.
func TestLoginFor(t *testing.T) {
	p := parsed(t, twoTeams)
	for _, c := range []struct{ name, at, want string }{
		// Only the lock has the address.
		{"company", "http://evil.test/company-1.0-py3-none-any.whl", ""},
		{"company", "https://evil.test/company-1.0-py3-none-any.whl", ""},
		{"team", "https://host.test/team-1.0-py3-none-any.whl", ""},
		{"x", "https://host.test/company/simple/x-1.0-py3-none-any.whl", "company"},
		{"x", "https://host.test:443/company/simple/x/x-1.0-py3-none-any.whl", "company"},
		{"x", "https://host.test/company/simple/team/x-1.0-py3-none-any.whl", "team"},
		{"x", "https://host.test/company/simple/teams/x-1.0-py3-none-any.whl", "company"},
		{"x", "https://host.test/company/simple/team/../x-1.0-py3-none-any.whl", ""},
		{"x", "https://host.test/company/simple/team/%2e%2e/x-1.0-py3-none-any.whl", ""},
		{"x", "https://host.test/company/simple-x/x-1.0-py3-none-any.whl", ""},
		{"x", "https://host.test/other/x-1.0-py3-none-any.whl", ""},
		{"x", "http://host.test/company/simple/x-1.0-py3-none-any.whl", ""},
		{"x", "https://host.test:8443/company/simple/x-1.0-py3-none-any.whl", ""},
		{"x", "https://sub.host.test/company/simple/x-1.0-py3-none-any.whl", ""},
		{"named", "https://files.test/named-1.1-py3-none-any.whl", ""},
		{"named", "http://files.test/named-1.0-py3-none-any.whl", ""},
		// pyproject.toml has it.
		{"named", "https://files.test/named-1.0-py3-none-any.whl", "named"},
		{"plainly", "http://plain.test/plainly-1.0.tar.gz", "plainly"},
		{"beside", "https://host.test/archive/beside-1.0-py3-none-any.whl", "company"},
		// Another package has the address: the names of secrets are not for sale.
		{"plainly", "https://files.test/named-1.0-py3-none-any.whl", ""},
		{"team", "https://files.test/named-1.0-py3-none-any.whl", ""},
		// And it is called as a source, whose secrets it must not get.
		{"company", "https://elsewhere.test/company-1.0-py3-none-any.whl", ""},
	} {
		if got := loginFor(p, c.name, c.at); got != c.want {
			t.Errorf("%s at %s: the login of %q, want %q", c.name, c.at, got, c.want)
		}
	}
}

// A source that another one contains comes first for what is below it, whatever the order.
func TestLoginForNested(t *testing.T) {
	p := parsed(t, `
[project]
name = "shop"
version = "1"
dependencies = ["x @ https://host.test/simple/x-1.0-py3-none-any.whl"]
[[tool.poetry.source]]
name = "inner"
url = "https://host.test/simple/inner"
[[tool.poetry.source]]
name = "outer"
url = "https://host.test/simple"
`)
	for at, want := range map[string]string{
		"https://host.test/simple/x-1.0-py3-none-any.whl":       "outer",
		"https://host.test/simple/inner/x-1.0-py3-none-any.whl": "inner",
	} {
		if got := loginFor(p, "x", at); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	if got := indexFrom(p, p.Sources[1]); got.Others != "https://host.test/simple/inner" || got.Login != "outer" {
		t.Errorf("%+v", got)
	}
}

func TestNamesGitHost(t *testing.T) {
	p := parsed(t, twoTeams)
	for remote, want := range map[string]bool{
		"https://git.test/other/x.git":      true,
		"https://GIT.test:443/other/x.git":  true,
		"http://git.test/other/x.git":       false,
		"https://git.test:8443/other/x.git": false,
		"https://git.test.evil.test/x.git":  false,
		"http://git.test:3000/x.git":        true,
		"https://evil.test/git.test/x.git":  false,
		"git@ssh.test:x.git":                false,
		"https://ssh.test/x.git":            false,
	} {
		if got := namesGitHost(p, remote); got != want {
			t.Errorf("%s: %v, want %v", remote, got, want)
		}
	}
}

// An address with a login loses it, one with a signature is refused: the graph has neither.
func TestOriginHasNoSecret(t *testing.T) {
	p := parsed(t, twoTeams)
	of := func(kind, at string) (Origin, error) {
		return originOf(Input{Project: p}, &lockfile.Package{Name: "x", Source: &lockfile.Source{Type: kind, URL: at, ResolvedReference: strings.Repeat("a", 40)}})
	}
	for _, c := range [][2]string{{"url", "https://ci:s3cret@files.test/x.whl"}, {"git", "https://s3cret@git.test/x.git"}, {"git", "ssh://git:s3cret@git.test/x.git"}} {
		o, err := of(c[0], c[1])
		if err != nil || strings.Contains(o.URL+o.Index.URL+o.String(), "s3cret") {
			t.Errorf("%s: %+v, %v", c[1], o, err)
		}
	}
	for _, at := range []string{"https://files.test/x.whl?X-Amz-Signature=s3cret", "https://files.test/x.whl?token=s3cret", "https://ci:s3cret@files.test:port/x.whl", "git+https://ci:s3cret@git.test:port/x.git"} {
		kind := "url"
		if rest, git := strings.CutPrefix(at, "git+"); git {
			kind, at = "git", rest
		}
		if _, err := of(kind, at); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", at, err)
		}
	}
	if o, err := of("url", "https://files.test/get?file=x.whl"); err != nil || o.URL != "https://files.test/get?file=x.whl" {
		t.Errorf("a plain query: %+v, %v", o, err)
	}
}
