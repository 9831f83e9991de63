package test

import (
	"fmt"
	"strings"
	"testing"
)

// A gitClient builds an image of a project, and loads it into the engine.
type gitClient struct {
	name string
	on   func(*testing.T) builder
	// without an agent, and with the user's own and one of the id corp.
	without, with func(x *twoHosts) []string
}

var gitClients = []gitClient{
	{"buildx", bare,
		func(x *twoHosts) []string {
			return []string{"docker", "buildx", "build", "--load", "--tag", x.tag, "."}
		},
		func(x *twoHosts) []string {
			return []string{"docker", "buildx", "build", "--load", "--tag", x.tag, "--ssh", "default", "--ssh", "corp=" + x.corp.file, "."}
		}},
	{"buildx on the classic engine", classic,
		func(x *twoHosts) []string { return []string{"docker", "buildx", "build", "--tag", x.tag, "."} },
		func(x *twoHosts) []string {
			return []string{"docker", "buildx", "build", "--tag", x.tag, "--ssh", "default", "--ssh", "corp=" + x.corp.file, "."}
		}},
	{"bake", engine,
		func(x *twoHosts) []string { return []string{"docker", "buildx", "bake", "--load", "without"} },
		func(x *twoHosts) []string {
			return []string{"docker", "buildx", "bake", "--load", "--allow", "ssh", "--allow", "fs.read=" + x.corp.file, "app"}
		}},
	{"compose with --ssh", engine,
		func(x *twoHosts) []string {
			return []string{"docker", "compose", "--project-name", x.tag, "build", "plain"}
		},
		func(x *twoHosts) []string {
			return []string{"docker", "compose", "--project-name", x.tag, "build", "--ssh", "default", "plain"}
		}},
	{"compose with build.ssh", bare,
		func(x *twoHosts) []string {
			return []string{"docker", "compose", "--project-name", x.tag, "build", "plain"}
		},
		func(x *twoHosts) []string {
			return []string{"docker", "compose", "--project-name", x.tag, "build", "app"}
		}},
	{"buildctl", bare,
		func(x *twoHosts) []string { return x.buildctl() },
		func(x *twoHosts) []string {
			return append(x.buildctl(), "--ssh", "default", "--ssh", "corp="+x.corp.file)
		}},
}

// twoHosts is a project with a library on each of two hosts, which let in different
// keys: the user's agent has the one, a file the other.
type twoHosts struct {
	*gitCase
	corp key
	tag  string
}

func newTwoHosts(t *testing.T, corpHost bool) *twoHosts {
	t.Helper()
	x := &twoHosts{gitCase: newGitCase(t), corp: newKey(t), tag: unique(t)}
	if corpHost {
		h := newGitHost(t, x.corp)
		commit := newRepository(t, h.home, "tools/ledger.git").commit(library(t, "ledger", "3.0"))
		s := gitSource{name: "ledger", version: "3.0", url: h.address("tools/ledger.git"), reference: "main", commit: commit}
		x.p.toml += fmt.Sprintf("ssh = { %q = \"corp\" }\n", h.name)
		x.p.hasKeys(x.host, h)
		x.p.locks = append([]locked{{entry: s.entry()}}, x.p.locks...)
	}
	x.p.files["compose.yaml"] = fmt.Sprintf("services:\n  plain: {image: %s, build: .}\n  app: {image: %s, build: {context: ., ssh: [default, \"corp=%s\"]}}\n", x.tag, x.tag, x.corp.file)
	x.p.files["docker-bake.hcl"] = fmt.Sprintf("target \"without\" {\n  tags = [%q]\n}\ntarget \"app\" {\n  inherits = [\"without\"]\n  ssh = [\"default\", \"corp=%s\"]\n}\n", x.tag, x.corp.file)
	x.write(t)
	return x
}

func (x *twoHosts) buildctl() []string {
	return []string{"buildctl", "build", "--frontend", "gateway.v0", "--opt", "source=" + frontendImage(x.key.t),
		"--local", "context=.", "--local", "dockerfile=.", "--output", "type=docker,name=" + x.tag + ",dest=image.tar"}
}

// Every client passes agents its own way. What it prints without one says how.
func TestGitClients(t *testing.T) {
	for _, c := range gitClients {
		t.Run(c.name, func(t *testing.T) {
			x := newTwoHosts(t, c.name != "compose with --ssh") // which passes one agent only
			b := c.on(t)
			t.Cleanup(func() { output(b.env, "docker", "rmi", "--force", x.tag) })

			e := b.run(t, x.p.dir, c.without(x)...)
			if e.code == 0 {
				t.Fatal("it succeeds without an agent")
			}
			for _, want := range []string{`>>> name = `, "poetry.lock:", "no SSH agent was passed to the build",
				"docker buildx build --ssh ", "build.ssh: [", "docker compose build --ssh "} {
				if !strings.Contains(e.all(), want) {
					t.Errorf("no %q in:\n%s", want, e.all())
				}
			}

			b.env = append(b.env, newAgent(t, x.key).variable())
			if strings.HasPrefix(c.name, "compose") { // before 5.7 it does not tell bake which keys it may read
				b.env = append(b.env, "BUILDX_BAKE_ENTITLEMENTS_FS=0")
			}
			b.must(t, x.p.dir, c.with(x)...)
			if c.name == "buildctl" {
				b.must(t, x.p.dir, "docker", "load", "--input", "image.tar")
			}
			modules := "omnibus"
			if strings.Contains(x.p.lock(t, ""), "ledger") {
				modules += ", ledger"
			}
			b.must(t, "", "docker", "run", "--rm", x.tag, "python", "-c", "import "+modules)
		})
	}
}
