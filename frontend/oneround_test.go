package frontend_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/subrequests/lint"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
)

// mistake is one thing that is wrong, and what is said of it.
type mistake struct {
	files map[string]string // instead of, or beside, those of a good project
	gone  string            // a file that is not there
	toml  string            // more of pyproject.toml
	opts  map[string]string
	want  string
	rule  bool // a separate rule of check
}

var mistakes = map[string]mistake{
	"settings":       {toml: "prots = [80]\n", want: `unknown key "prots" in [tool.quatrain]`},
	"a value":        {toml: "workdir = \"app\"\n", want: `workdir "app" is not an absolute path`},
	"stub":           {files: map[string]string{"Dockerfile": "# syntax=quatrain/poetry:1\nusr = \"app\"\n"}, want: `Dockerfile:2: unknown key "usr"`},
	"stale lock":     {files: map[string]string{"poetry.lock": strings.Replace(lock, "{content-hash}", "ab", 1)}, want: "changed significantly since poetry.lock was last generated", rule: true},
	"broken lock":    {files: map[string]string{"poetry.lock": strings.Replace(lock, "\"2.1\"", "\"0.1\"", 1)}, want: `invalid lock-version "0.1"`},
	"no lock":        {gone: "poetry.lock", want: "poetry.lock not found in the build context"},
	"a source":       {files: map[string]string{"poetry.lock": strings.Replace(lock, "\n[metadata]", "[package.source]\ntype = \"legacy\"\nurl = \"https://x.example\"\nreference = \"corp\"\n\n[metadata]", 1)}, want: `pure: source "corp"`},
	"no file":        {files: map[string]string{"poetry.lock": strings.ReplaceAll(lock, "py3-none-any", "cp27-cp27m-win32")}, want: "pure 1.0 has no file for Python 3.12"},
	"command":        {toml: "command = [\"pytest\"]\n", want: `the target "ci" runs pytest, and does not install it`},
	"group":          {toml: "groups = [\"mian\"]\n", want: `group "mian" of target "ci" is not defined`},
	"extra":          {toml: "extras = [\"fast\"]\n", want: "extra [fast] is not specified"},
	"package":        {toml: "[tool.poetry]\npackages = [{include = \"gone\"}]\n", want: `package "gone" not found`},
	"poetry.toml":    {files: map[string]string{"poetry.toml": "installer.no-binary = 1\n"}, want: "installer.no-binary: expected an array"},
	"version file":   {files: map[string]string{".python-version": "pypy3.11\n"}, want: `.python-version:1: "pypy3.11" asks for PyPy`},
	"excluded":       {files: map[string]string{".python-version": "3.9\n"}, want: "Python 3.9 is not allowed by the project (>=3.11,<3.14)"},
	"not allowed":    {toml: "python = \"3.9\"\n", want: "Python 3.9 is not allowed by the project (>=3.11,<3.14)"},
	"known hosts":    {toml: "[tool.quatrain.git]\nknown-hosts = \"deploy/known_hosts\"\n", want: "the known-hosts file deploy/known_hosts is not in the build context"},
	"user":           {opts: args("build-arg:UID", "-1"), want: `UID "-1" and GID `},
	"no folder":      {files: map[string]string{"poetry.lock": pathLock("directory", "libs/gone", "")}, want: "pure: path dependency libs/gone not found in the build context"},
	"folder outside": {files: map[string]string{"poetry.lock": pathLock("directory", "../gone", "develop = true")}, want: "pure: path dependency ../gone is outside the build context"},
	"no wheel":       {files: map[string]string{"poetry.lock": pathLock("file", "vendor/pure-1.0-py3-none-any.whl", "")}, want: "pure: path dependency vendor/pure-1.0-py3-none-any.whl not found in the build context"},
	"bad dependency": {toml: "[tool.poetry.dependencies]\nleft = \">>1\"\n", want: "left"},
}

// pathLock is the lock with a package that comes from a path.
func pathLock(kind, at, more string) string {
	return strings.Replace(lock, "\n[metadata]", more+"\n[package.source]\ntype = \""+kind+"\"\nurl = \""+at+"\"\n\n[metadata]", 1)
}

// wrong puts mistakes together: the tables in the order that TOML wants.
func wrong(names ...string) asked {
	a := asked{files: map[string]string{"Dockerfile": "# syntax=quatrain/poetry:1\n"}, opts: args("filename", "Dockerfile", "target", "ci")}
	text := strings.Replace(toml, "python = \"3.12\"\n", "", 1)
	own := "[tool.quatrain.target.ci]\nfrom = \"test\"\n"
	var tables string
	for _, name := range names {
		m := mistakes[name]
		maps.Copy(a.files, m.files)
		maps.Copy(a.opts, m.opts)
		a.gone = append(a.gone, m.gone)
		switch {
		case strings.HasPrefix(m.toml, "["):
			tables += m.toml
		case name == "command" || name == "group":
			own += m.toml
		default:
			text += m.toml
		}
	}
	if !slices.Contains(names, "command") {
		own += "command = [\"python\", \"-m\", \"unittest\"]\n"
	}
	if !slices.ContainsFunc(names, func(name string) bool {
		return slices.Contains([]string{"version file", "excluded", "not allowed"}, name)
	}) {
		text += "python = \"3.12\"\n"
	}
	a.files["pyproject.toml"] = text + own + tables
	return a
}

// Mistakes that have nothing to do with one another are told in one round, by a build and by
// a check.
func TestOneRound(t *testing.T) {
	for _, names := range [][]string{
		{"settings", "stale lock", "stub", "command", "package"},
		{"settings", "broken lock", "stub", "package", "version file"},
		{"a value", "no lock", "stub", "group", "poetry.toml"},
		{"stale lock", "stub", "package", "excluded", "known hosts"},
		{"command", "package", "a source", "stub"},
		{"package", "no file", "command"},
		{"package", "extra", "command", "known hosts"},
		{"settings", "poetry.toml", "version file", "stale lock", "package"},
		{"group", "stub", "version file", "settings", "stale lock"},
		{"group", "package", "known hosts", "stub", "stale lock"},
		{"group", "package", "command", "poetry.toml"},
		{"user", "group", "package", "settings", "stale lock"},
		{"bad dependency", "command", "package", "stub"},
		{"excluded", "package", "command"},
		{"no folder", "package", "command", "known hosts"},
		{"no wheel", "package", "command", "stub"},
	} {
		a := wrong(names...)
		err := build(t, a).err
		if err == nil {
			t.Errorf("%q: no error", names)
			continue
		}
		for _, name := range names {
			if !strings.Contains(err.Error(), mistakes[name].want) {
				t.Errorf("%q: a build does not say %q:\n%v", names, mistakes[name].want, err)
			}
		}
	}
}

// What follows from settings that are not known is not guessed.
func TestUnreadableStub(t *testing.T) {
	for stub, want := range map[string]string{
		"# syntax=quatrain/poetry:1\nFROM python:3.12\n":                         "Dockerfile:2: this is a Dockerfile, not a stub",
		"# syntax=quatrain/poetry:1\nproject = \"none\n":                         "Dockerfile:2: ",
		"# syntax=quatrain/poetry:1\n[tool.black]\nline-length = 1\n":            "Dockerfile:2: ",
		"# syntax=quatrain/poetry:1\nproject = \"none\"\n[tool.quatrain]\nx=1\n": "Dockerfile:2: ",
	} {
		a := wrong("package", "stale lock", "version file")
		a.files["Dockerfile"] = stub
		err := build(t, a).err
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), mistakes["stale lock"].want) || strings.Contains(err.Error(), "gone") || strings.Contains(err.Error(), "PyPy") {
			t.Errorf("%q: %v", stub, err)
		}
	}
}

// Check says what a build is refused with, and a project without mistakes has none.
func TestCheckIsBuild(t *testing.T) {
	if a := wrong(); build(t, a).err != nil || len(checked(t, a)) > 0 {
		t.Fatalf("%v, %q", build(t, a).err, checked(t, a))
	}
	for name, m := range mistakes {
		a := wrong(name)
		if err := build(t, a).err; err == nil || !strings.Contains(err.Error(), m.want) {
			t.Errorf("%s: a build says %v, want %s", name, err, m.want)
		}
		found := checked(t, a)
		said := strings.Join(found, "\n")
		if m.rule {
			if !strings.HasPrefix(said, "StaleLock") {
				t.Errorf("%s: check says %q", name, said)
			}
		} else if strings.Count(said, m.want) != 1 {
			t.Errorf("%s: check says %q, want %q once", name, said, m.want)
		}
	}
}

// checked is what a check finds: findings, or the error that it ends with.
func checked(t *testing.T, a asked) []string {
	t.Helper()
	a.opts = maps.Clone(a.opts)
	a.opts["requestid"] = "frontend.lint"
	got := build(t, a)
	if got.err != nil {
		return []string{got.err.Error()}
	}
	delete(a.opts, "requestid")
	var all []string
	for _, w := range call[lint.LintResults](t, "frontend.lint", a).Warnings {
		all = append(all, w.RuleName+": "+w.Detail)
	}
	return all
}

// withoutBases is a daemon that has no base image: it says so, or it hangs.
type withoutBases struct {
	*offline.Client
	hangs bool
}

func (c *withoutBases) ResolveImageConfig(ctx context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	if c.hangs {
		<-ctx.Done()
		return "", "", nil, ctx.Err()
	}
	return "", "", nil, errors.New(ref + ": not found")
}

// A check is about the project, wherever it runs, and no error waits for a registry for long.
func TestBaseOutOfReach(t *testing.T) {
	for _, hangs := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			a := wrong("package")
			a.opts["requestid"] = "frontend.lint"
			res, err := frontend.Build(t.Context(), &withoutBases{request(t, a), hangs})
			if err != nil || !strings.Contains(string(res.Metadata["result.txt"]), `package "gone" not found`) || strings.Contains(string(res.Metadata["result.txt"]), "base image") {
				t.Errorf("check, hangs %t: %v\n%s", hangs, err, res.Metadata["result.txt"])
			}
			_, err = frontend.Build(t.Context(), &withoutBases{request(t, wrong("package", "stub")), hangs})
			for want, is := range map[string]bool{`package "gone" not found`: true, `unknown key "usr"`: true, "base image python:3.12-slim": !hangs, "deadline": false} {
				if err == nil || strings.Contains(err.Error(), want) != is {
					t.Errorf("build, hangs %t: %v, %q: %t", hangs, err, want, is)
				}
			}
		})
	}
}
