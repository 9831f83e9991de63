package test

import (
	"strings"
	"testing"
)

// What a person reads when a git dependency cannot be had: which one, its line in the
// lock, what is wrong, what to do.
func TestGitErrors(t *testing.T) {
	const line = `>>> name = "omnibus"`
	bothWays := []string{"docker buildx build --ssh default", "build.ssh: [default]"}
	for name, c := range map[string]struct {
		change func(t *testing.T, x *gitCase)
		want   []string
	}{
		"no agent": {
			change: func(t *testing.T, x *gitCase) { x.ssh = nil },
			want:   append(bothWays, line, "omnibus cannot be fetched from ", "no SSH agent was passed to the build"),
		},
		"an agent of another name": {
			change: func(t *testing.T, x *gitCase) { x.ssh = []string{"other=" + x.key.file} },
			want:   append(bothWays, line, "no SSH agent was passed to the build"),
		},
		"an agent without a key": {
			change: func(t *testing.T, x *gitCase) { x.ssh = []string{"default=" + newAgent(t).socket} },
			want:   append(bothWays, line, "the SSH agent has no key that the host accepts", "ssh-add -l"),
		},
		"an agent with another key": {
			change: func(t *testing.T, x *gitCase) { x.ssh = []string{"default=" + newKey(t).file} },
			want:   append(bothWays, line, "the SSH agent has no key that the host accepts", "ssh-add -l"),
		},
		"an agent that is gone": {
			change: func(t *testing.T, x *gitCase) {
				a := newAgent(t, x.key)
				a.stop()
				x.ssh = []string{"default=" + a.socket}
			},
			want: append(bothWays, line, "the SSH agent has no key that the host accepts", "ssh-add -l"),
		},
		"an agent for the host": {
			change: func(t *testing.T, x *gitCase) { x.p.toml += "ssh = { \"" + x.host.name + "\" = \"corp\" }\n" },
			want:   []string{line, "no SSH agent was passed", "--ssh corp", "build.ssh: [corp]"},
		},
		"access revoked": {
			change: func(t *testing.T, x *gitCase) {
				x.p.write(t)
				if o := build(t, buildx, request{dir: x.p.dir, ssh: x.ssh}); o.err != nil {
					t.Fatal(o.err)
				}
				x.source.commit = x.repository.commit(library(t, "omnibus", "0.2.5"))
				x.host.authorize(newKey(t))
			},
			want: append(bothWays, line, "the SSH agent has no key that the host accepts", "ssh-add -l"),
		},
		"host not known": {
			change: func(t *testing.T, x *gitCase) { x.p.toml = plainProject },
			want:   []string{line, "omnibus: no SSH host key is known for ", "ssh-keyscan ", "known-hosts = "},
		},
		"host not in the file": {
			change: func(t *testing.T, x *gitCase) { x.p.hasKeys(newGitHost(t)) },
			want:   []string{line, "omnibus: no SSH host key is known for ", ">> deploy/known_hosts"},
		},
		"host key changed": {
			change: func(t *testing.T, x *gitCase) { x.p.hasKeys(x.host); x.host.newHostKey(); x.host.restart() },
			want:   []string{line, "the host's SSH key is not the known one"},
		},
		"commit gone": {
			change: func(t *testing.T, x *gitCase) {
				x.repository.git("commit", "--quiet", "--amend", "--message", "another", "--allow-empty")
				x.repository.git("push", "--quiet", "--force", "origin", "HEAD")
				x.repository.git("--git-dir", x.repository.bare, "gc", "--quiet", "--prune=now")
			},
			want: []string{line, "the repository does not have the locked commit", "`poetry update omnibus`"},
		},
		"a submodule of a host that is not known": {
			change: func(t *testing.T, x *gitCase) {
				other := newGitHost(t, x.key)
				r := newRepository(t, other.home, "group/other.git")
				r.commit(map[string]string{"other.py": ""})
				x.repository.submodule(other.address("group/other.git"), r, "other")
				x.source.commit = x.repository.commit(nil)
			},
			want: []string{line, "with its submodules: SSH host key verification failed", "ssh-keyscan", "known-hosts"},
		},
		"a submodule that is not there": {
			change: func(t *testing.T, x *gitCase) {
				r := newRepository(t, x.host.home, "group/other.git")
				r.commit(map[string]string{"other.py": ""})
				x.repository.submodule("../moved.git", r, "other")
				x.source.commit = x.repository.commit(nil)
			},
			want: []string{line, "with its submodules: the repository does not exist, or access was denied", "--ssh default", "build.ssh: [default]"},
		},
		"no such repository": {
			change: func(t *testing.T, x *gitCase) { x.source.url = x.host.address("group/nothing.git") },
			want:   []string{line, "the repository does not exist, or access was denied"},
		},
		"host down": {
			change: func(t *testing.T, x *gitCase) { x.host.stop() },
			want:   []string{line, "the host cannot be reached"},
		},
		"no known_hosts file": {
			change: func(t *testing.T, x *gitCase) { x.p.files["deploy/known_hosts"] = absent },
			want:   []string{`>>> known-hosts = "deploy/known_hosts"`, "is not in the build context"},
		},
		"no known_hosts format": {
			change: func(t *testing.T, x *gitCase) { x.p.files["deploy/known_hosts"] = "127.0.0.1 ssh-ed25519 AAAA!\n" },
			want:   []string{`>>> known-hosts = "deploy/known_hosts"`, "ssh-keyscan"},
		},
		"no such subdirectory": {
			change: func(t *testing.T, x *gitCase) { x.source.subdirectory = "python" },
			want:   []string{line, "the source has no folder python"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newGitCase(t)
			c.change(t, x)
			x.write(t)
			o := build(t, buildx, request{dir: x.p.dir, ssh: x.ssh, noImage: true})
			fails(t, o, c.want...)
			if strings.HasPrefix(name, "host not") && x.host.asked() {
				t.Error("the host was asked")
			}
		})
	}
}

// Of repositories that fail all are named, each with its line, what is fetched and its own
// hint; one that does not fail is not.
func TestManyRepositoriesFail(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		open, closed := newGitWeb(t, ""), newGitWeb(t, basic("x-access-token", hunter))
		named := func(w *gitWeb, name string) gitSource {
			commit := newRepository(t, w.root, "group/"+name+".git").commit(library(t, name, "1.0"))
			return gitSource{name: name, version: "1.0", url: w.URL + "/group/" + name + ".git", reference: "main", commit: commit}
		}
		fine, private, rewritten, moved := named(open, "fine"), named(closed, "private"), named(open, "rewritten"), named(open, "moved")
		rewritten.commit, moved.url = strings.Repeat("ab", 20), open.URL+"/group/elsewhere.git"
		p := newGitProject(t, "", fine, private, rewritten, moved).write(t)
		o := build(t, m, request{dir: p.dir, noImage: true})
		fails(t, o, `>>> name = "private"`, "private cannot be fetched from "+private.url+" (main, commit "+private.commit[:12]+"): the login is missing or was rejected", "GIT_AUTH_TOKEN."+closed.host(),
			`>>> name = "rewritten"`, "rewritten cannot be fetched from "+rewritten.url+" (main, commit abababababab): the repository does not have the locked commit", "`poetry update rewritten`",
			`>>> name = "moved"`, "moved cannot be fetched from "+moved.url, "the repository does not exist, or access was denied")
		if strings.Contains(printed(o.err), "fine cannot be fetched") {
			t.Errorf("nothing is wrong with fine:\n%s", printed(o.err))
		}
	})
}

// Somebody else answers for a public host, whose keys are built in: no agent helps.
func TestGitImpostor(t *testing.T) {
	x := newGitCase(t)
	if x.host.port != "22" {
		t.Fatal("this needs port 22 of a loopback address, and a server of this machine has it on all of them")
	}
	x.source.url = "git@github.com:group/omnibus.git"
	x.p.toml = plainProject
	x.write(t)
	t.Setenv("BUILDKIT_HOST", misled(t, "github.com", x.host.name))
	o := build(t, gateway, request{dir: x.p.dir, ssh: x.ssh, noImage: true})
	fails(t, o, `>>> name = "omnibus"`, "the host's SSH key is not the known one")
	if said := x.host.said(); !x.host.asked() || strings.Contains(said, "Accepted") {
		t.Errorf("the impostor was to be asked and not to be told anything:\n%s", said)
	}
}

// A builder whose machine lacks what BuildKit fetches with.
func TestGitBuilderLacks(t *testing.T) {
	for _, program := range []string{"git", "ssh"} {
		t.Run(program, func(t *testing.T) {
			x := newGitCase(t)
			x.write(t)
			t.Setenv("BUILDKIT_HOST", lacking(t, program))
			o := build(t, gateway, request{dir: x.p.dir, ssh: x.ssh, noImage: true})
			fails(t, o, `>>> name = "omnibus"`, "the builder has no "+program, "openssh-client")
		})
	}
}

// gitCase is a project with one git dependency, whose parts a test changes.
type gitCase struct {
	key        key
	host       *gitHost
	repository repository
	source     gitSource
	p          *project
	ssh        []string
}

func newGitCase(t *testing.T) *gitCase {
	t.Helper()
	x := &gitCase{key: newKey(t)}
	x.host = newGitHost(t, x.key)
	x.repository, x.source = omnibus(t, x.host)
	x.p = newGitProject(t, "", x.source).knows(x.host)
	x.ssh = []string{"default=" + x.key.file}
	return x
}

// write writes the project with what the source is now.
func (x *gitCase) write(t *testing.T) {
	t.Helper()
	x.p.locks[len(x.p.locks)-1] = locked{entry: x.source.entry()}
	x.p.write(t)
}

// move puts everything to another host.
func (x *gitCase) move(t *testing.T, h *gitHost) {
	t.Helper()
	x.host = h
	x.repository, x.source = omnibus(t, h)
	x.p.hasKeys(h)
}
