package test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/pindex"
)

// The secrets of a project with a git host and an index that want logins.
var loginIDs = []string{"GIT_AUTH_TOKEN", "POETRY_HTTP_BASIC_LOCAL_USERNAME", "POETRY_HTTP_BASIC_LOCAL_PASSWORD"}

// Every client passes the secrets of git hosts and indexes its own way, each out of an
// environment variable of the secret's name.
func TestSecretClients(t *testing.T) {
	for _, c := range []struct {
		name string
		on   func(*testing.T) builder
		args func(t *testing.T, tag string) []string
	}{
		{"bake", engine, func(*testing.T, string) []string { return []string{"docker", "buildx", "bake", "--load", "app"} }},
		{"compose", engine, func(_ *testing.T, tag string) []string {
			return []string{"docker", "compose", "--project-name", tag, "build", "app"}
		}},
		{"buildctl", bare, func(t *testing.T, tag string) []string {
			args := []string{"buildctl", "build", "--frontend", "gateway.v0", "--opt", "source=" + frontendImage(t),
				"--local", "context=.", "--local", "dockerfile=.", "--output", "type=docker,name=" + tag + ",dest=image.tar"}
			for _, id := range loginIDs {
				args = append(args, "--secret", "id="+id+",env="+id)
			}
			return args
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			token, password, tag := "t0ken-"+unique(t), "p4ssword-"+unique(t), unique(t)
			web := newGitWeb(t, basic("x-access-token", token))
			p := newGitProject(t, "", web.omnibus())
			w := fresh("private")
			p.index.Add(w)
			p.index.Set(pindex.Options{Username: "me", Password: password})
			p.locks = append(p.locks, locked{wheel: w})
			p.files["compose.yaml"], p.files["docker-bake.hcl"] = loginFiles(tag)
			p.write(t)
			b := c.on(t)
			t.Cleanup(func() { output(b.env, "docker", "rmi", "--force", tag) })

			e := b.run(t, p.dir, c.args(t, tag)...)
			if e.code == 0 || !strings.Contains(e.all(), "GIT_AUTH_TOKEN") && !strings.Contains(e.all(), "POETRY_HTTP_BASIC_LOCAL_PASSWORD") {
				t.Fatalf("without the secrets it ends with %d, and says:\n%s", e.code, e.all())
			}
			b.env = append(b.env, "GIT_AUTH_TOKEN="+token, "POETRY_HTTP_BASIC_LOCAL_USERNAME=me", "POETRY_HTTP_BASIC_LOCAL_PASSWORD="+password)
			if e = b.run(t, p.dir, c.args(t, tag)...); e.code != 0 {
				t.Fatal(e.all())
			}
			if strings.Contains(e.all(), token) || strings.Contains(e.all(), password) {
				t.Error("the client prints a secret")
			}
			if c.name == "buildctl" {
				b.must(t, p.dir, "docker", "load", "--input", "image.tar")
			}
			b.must(t, "", "docker", "run", "--rm", tag, "python", "-c", "import omnibus, private")
		})
	}
}

// loginFiles are a compose file and a bake file that pass the secrets.
func loginFiles(tag string) (compose, bake string) {
	var declared, ids, specs []string
	for _, id := range loginIDs {
		declared = append(declared, fmt.Sprintf("  %s: {environment: %s}\n", id, id))
		ids = append(ids, id)
		specs = append(specs, fmt.Sprintf("\"id=%s,env=%s\"", id, id))
	}
	compose = fmt.Sprintf("services:\n  app: {image: %s, build: {context: ., secrets: [%s]}}\nsecrets:\n%s",
		tag, strings.Join(ids, ", "), strings.Join(declared, ""))
	bake = fmt.Sprintf("target \"app\" {\n  tags = [%q]\n  secret = [%s]\n}\n", tag, strings.Join(specs, ", "))
	return compose, bake
}
