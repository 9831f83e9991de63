package test

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository is a bare git repository that a server shows, and a working copy.
type repository struct {
	t          *testing.T
	bare, work string
}

// newRepository makes one at a path below a server's folder.
func newRepository(t *testing.T, root, path string) repository {
	t.Helper()
	r := repository{t, filepath.Join(root, path), t.TempDir()}
	r.git("init", "--quiet", "--initial-branch=main", ".")
	r.git("init", "--quiet", "--bare", "--initial-branch=main", r.bare)
	r.git("remote", "add", "origin", r.bare)
	return r
}

// commit writes files, commits all there is, pushes, and returns the commit.
func (r repository) commit(files map[string]string) string {
	r.t.Helper()
	for name, data := range files {
		full := filepath.Join(r.work, name)
		must(r.t, os.MkdirAll(filepath.Dir(full), 0o755))
		must(r.t, os.WriteFile(full, []byte(data), 0o644))
	}
	r.git("add", "--all")
	r.git("commit", "--quiet", "--message", "change")
	r.git("push", "--quiet", "--force", "origin", "HEAD")
	return r.git("rev-parse", "HEAD")
}

// submodule adds another repository, under the address that the server's clients see.
func (r repository) submodule(address string, of repository, at string) {
	r.t.Helper()
	r.git("submodule", "--quiet", "add", of.bare, at)
	r.git("config", "--file", ".gitmodules", "submodule."+at+".url", address)
}

// git runs it in the working copy, as nobody's configuration has it.
func (r repository) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir = r.work
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@test", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@test")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

//go:embed testdata/backend.py
var backend string

// library are the files of a Python project that needs nothing to be built: its
// backend stands in its own tree (PEP 517, backend-path). Without a version it asks
// the environment for one, as setuptools-scm does. Two calls never give the same tree.
func library(t *testing.T, name, version string, requires ...string) map[string]string {
	dynamic := "dynamic = [\"version\"]\n"
	if version != "" {
		dynamic = fmt.Sprintf("version = %q\n", version)
	}
	list := ""
	if len(requires) > 0 {
		list = "dependencies = [\"" + strings.Join(requires, "\", \"") + "\"]\n"
	}
	return map[string]string{
		"pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n\n" +
			fmt.Sprintf("[project]\nname = %q\n", name) + dynamic + list,
		"backend.py": backend,
		name + ".py": fmt.Sprintf("only = %q\n", unique(t)),
	}
}

// inFolder moves files into a folder.
func inFolder(folder string, files map[string]string) map[string]string {
	moved := map[string]string{}
	for name, data := range files {
		moved[folder+"/"+name] = data
	}
	return moved
}

// gitSource is where the lock says a package comes from.
type gitSource struct {
	name, version, url, reference, commit, subdirectory string
}

// entry is the lock's, as Poetry writes it.
func (s gitSource) entry() string {
	text := fmt.Sprintf("[[package]]\nname = %q\nversion = %q\ndescription = \"\"\noptional = false\npython-versions = \"*\"\n"+
		"groups = [\"main\"]\nfiles = []\ndevelop = false\n\n[package.source]\ntype = \"git\"\nurl = %q\nreference = %q\nresolved_reference = %q\n",
		s.name, s.version, s.url, s.reference, s.commit)
	if s.subdirectory != "" {
		text += fmt.Sprintf("subdirectory = %q\n", s.subdirectory)
	}
	return text
}

// newGitProject is a shop whose lock has packages from git repositories.
func newGitProject(t *testing.T, settings string, sources ...gitSource) *project {
	t.Helper()
	x := newIndex(t, devtool)
	x.Add(pipWheel(t))
	p := &project{index: x, toml: plainProject + "\n" + settings, locks: []locked{{wheel: devtool, group: "dev"}}, files: map[string]string{}}
	for _, s := range sources {
		p.locks = append(p.locks, locked{entry: s.entry()})
		p.toml += fmt.Sprintf("\n[tool.poetry.dependencies.%s]\ngit = %q\n", s.name, s.url)
	}
	return p
}
