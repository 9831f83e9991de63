package test

import (
	"strings"
	"testing"
)

// omnibus is a repository with one library, and the host that shows it.
func omnibus(t *testing.T, h *gitHost) (repository, gitSource) {
	t.Helper()
	r := newRepository(t, h.home, "group/omnibus.git")
	commit := r.commit(library(t, "omnibus", "0.2.5"))
	return r, gitSource{name: "omnibus", version: "0.2.5", url: h.address("group/omnibus.git"), reference: "0.2.5", commit: commit}
}

// knows makes a project know hosts by a file.
func (p *project) knows(hosts ...*gitHost) *project {
	p.toml += "[tool.quatrain.git]\nknown-hosts = \"deploy/known_hosts\"\n"
	return p.hasKeys(hosts...)
}

func (p *project) hasKeys(hosts ...*gitHost) *project {
	var lines []string
	for _, h := range hosts {
		lines = append(lines, h.knownAs())
	}
	p.files["deploy/known_hosts"] = strings.Join(lines, "")
	return p
}

// The first case of all: a private library over SSH, and what a warm build needs.
func TestGitOverSSH(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		k := newKey(t)
		h := newGitHost(t, k)
		_, s := omnibus(t, h)
		p := newGitProject(t, "", s).knows(h).write(t)
		a := newAgent(t, k)
		o := build(t, m, request{dir: p.dir, ssh: []string{"default=" + a.socket}, opts: map[string]string{"attest:provenance": "mode=max"}})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		if o.image.files[site+"omnibus.py"] == nil {
			t.Error("omnibus is not installed")
		}
		k.isNowhereIn(o)
		a.stop()
		h.stop()
		warm(t, m, p)
	})
}

// warm builds again what was built, with no agent and no server left.
func warm(t *testing.T, m mode, p *project) {
	t.Helper()
	p.index.Close()
	o := build(t, m, request{dir: p.dir, noImage: true})
	if o.err != nil {
		t.Errorf("without agent and servers: %s\n%s", printed(o.err), o.log)
	}
	if len(o.ran) > 0 {
		t.Errorf("a warm build ran %q", o.ran)
	}
}

// Where a dependency is and how it is asked for: all forms of addresses, of references
// and of trees.
func TestGitForms(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, x *gitCase) (files []string){
		"a URL with a port": func(t *testing.T, x *gitCase) []string {
			x.move(t, newGitHostAt(t, freePort(t), x.key))
			x.source.url = x.host.url("group/omnibus.git")
			return nil
		},
		"git@host:path, port 22": func(t *testing.T, x *gitCase) []string {
			x.move(t, newGitHostAt(t, "22", x.key))
			return nil
		},
		"a URL with the usual port": func(t *testing.T, x *gitCase) []string {
			x.source.url = x.host.url("group/omnibus.git")
			return nil
		},
		"a branch that went on": func(t *testing.T, x *gitCase) []string {
			x.source.reference = "main"
			x.repository.commit(map[string]string{"omnibus.py": "raise SystemExit('this is a later commit')\n"})
			return nil
		},
		"a commit of another branch": func(t *testing.T, x *gitCase) []string {
			x.repository.git("checkout", "--quiet", "-b", "feature/x")
			x.source.commit = x.repository.commit(map[string]string{"feature.py": ""})
			x.source.reference = "feature/x"
			return []string{"feature.py"}
		},
		"an annotated tag": func(t *testing.T, x *gitCase) []string {
			x.repository.git("tag", "--annotate", "--message", "release", "v0.2.5")
			x.repository.git("push", "--quiet", "origin", "v0.2.5")
			x.repository.commit(map[string]string{"omnibus.py": "raise SystemExit('this is a later commit')\n"})
			x.source.reference = "v0.2.5"
			return nil
		},
		"a server that shows its branches only": func(t *testing.T, x *gitCase) []string {
			x.host.speak0()
			x.repository.commit(map[string]string{"omnibus.py": "raise SystemExit('this is a later commit')\n"})
			x.source.reference = "main"
			return nil
		},
		"a subdirectory": func(t *testing.T, x *gitCase) []string {
			x.source.commit = x.repository.commit(inFolder("python/client", library(t, "omnibus", "0.2.5")))
			x.repository.git("rm", "--quiet", "omnibus.py", "pyproject.toml", "backend.py")
			x.source.commit = x.repository.commit(nil)
			x.source.subdirectory = "python/client"
			return nil
		},
		"submodules with a relative one inside": func(t *testing.T, x *gitCase) []string {
			inner := newRepository(t, x.host.home, "group/inner.git")
			inner.commit(map[string]string{"deep.py": ""})
			outer := newRepository(t, x.host.home, "group/outer.git")
			outer.submodule("../inner.git", inner, "inner")
			outer.commit(map[string]string{"outer.py": ""})
			x.repository.submodule(x.host.address("group/outer.git"), outer, "vendored")
			x.source.commit = x.repository.commit(nil)
			return []string{"vendored/outer.py", "vendored/inner/deep.py"}
		},
		"git dependencies of its own": func(t *testing.T, x *gitCase) []string {
			inner := gitSource{name: "ledger", version: "3.0", url: x.host.url("group/ledger.git"), reference: "main"}
			inner.commit = newRepository(t, x.host.home, "group/ledger.git").commit(library(t, "ledger", "3.0"))
			x.source.commit = x.repository.commit(library(t, "omnibus", "0.2.5", "ledger @ git+"+inner.url+"@main"))
			x.p.locks = append([]locked{{entry: inner.entry()}}, x.p.locks...)
			return []string{"ledger.py", "ledger-3.0.dist-info/direct_url.json"}
		},
		"a version of setuptools-scm": func(t *testing.T, x *gitCase) []string {
			x.source.commit = x.repository.commit(library(t, "omnibus", ""))
			return []string{"omnibus-0.2.5.dist-info/METADATA"}
		},
	} {
		// One after the other: of builds at once that share a step, BuildKit reports what one
		// runs to all, and the warm ones are to run nothing.
		t.Run(name, func(t *testing.T) {
			x := newGitCase(t)
			files := append(change(t, x), "omnibus.py")
			x.write(t)
			o := build(t, gateway, request{dir: x.p.dir, ssh: x.ssh})
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			for _, f := range files {
				if o.image.files[site+f] == nil {
					t.Errorf("%s is not installed", f)
				}
			}
			if f := o.image.files[site+"omnibus.py"]; f != nil && strings.Contains(string(f.data), "later commit") {
				t.Error("it is not the locked commit")
			}
			direct := o.image.files[site+"omnibus-0.2.5.dist-info/direct_url.json"]
			if direct == nil || !strings.Contains(string(direct.data), x.source.commit) {
				t.Errorf("direct_url.json does not name the commit: %v", direct)
			}
			x.host.stop()
			warm(t, gateway, x.p)
		})
	}
}
