package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The real Poetry locks branch, tag, revision, folder and what a git dependency wants
// itself; what is built is what it locked, though the branches went on.
func TestPoetryLocksGit(t *testing.T) {
	poetry := variable(t, "QUATRAIN_POETRY")
	k := newKey(t)
	h := newGitHostAt(t, freePort(t), k)
	inner := newRepository(t, h.home, "group/inner.git")
	inner.commit(library(t, "inner", "0.1"))
	outer := newRepository(t, h.home, "group/outer.git")
	outer.commit(library(t, "outer", "0.2", "inner @ git+"+h.url("group/inner.git")+"@main"))
	mono := newRepository(t, h.home, "group/mono.git")
	mono.commit(inFolder("python/client", library(t, "client", "0.3")))
	mono.git("tag", "v3")
	mono.git("push", "--quiet", "origin", "v3")
	old := newRepository(t, h.home, "group/old.git")
	rev := old.commit(library(t, "old", "0.4"))

	x := newIndex(t, devtool)
	x.Add(pipWheel(t))
	p := &project{index: x, files: map[string]string{"poetry.lock": ""}, toml: plainProject + fmt.Sprintf(`
[tool.poetry.dependencies]
outer = { git = %q, branch = "main" }
client = { git = %q, tag = "v3", subdirectory = "python/client" }
old = { git = %q, rev = %q }
`, h.url("group/outer.git"), h.url("group/mono.git"), h.url("group/old.git"), rev[:10])}
	p.knows(h).write(t)
	must(t, os.Remove(filepath.Join(p.dir, "poetry.lock")))
	b := builder{env: []string{"POETRY_CACHE_DIR=" + t.TempDir(), "POETRY_VIRTUALENVS_CREATE=false", "PATH=" + sshWith(t, k, p.dir+"/deploy/known_hosts") + ":" + os.Getenv("PATH")}}
	b.must(t, p.dir, poetry, "lock", "--no-interaction")

	for _, r := range []repository{inner, outer, mono, old} {
		later := map[string]string{}
		for _, name := range strings.Fields(r.git("ls-files", "*.py")) {
			later[name] = "raise SystemExit('this is a later commit')\n"
		}
		r.commit(later)
	}
	o := build(t, gateway, request{dir: p.dir, ssh: []string{"default=" + k.file}})
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	for _, name := range []string{"inner", "outer", "client", "old"} {
		f := o.image.files[site+name+".py"]
		if f == nil || !strings.HasPrefix(string(f.data), "only = ") {
			t.Errorf("%s is not installed as it was locked", name)
		}
	}
}

// sshWith is a folder with an ssh that has a key and knows hosts.
func sshWith(t *testing.T, k key, knownHosts string) string {
	t.Helper()
	dir := t.TempDir()
	real, err := exec.LookPath("ssh")
	must(t, err)
	script := fmt.Sprintf("#!/bin/sh\nexec %s -F /dev/null -i %s -o UserKnownHostsFile=%s \"$@\"\n", real, k.file, knownHosts)
	must(t, os.WriteFile(filepath.Join(dir, "ssh"), []byte(script), 0o755))
	return dir
}
