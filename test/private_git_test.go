package test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// examples/private-git, with its addresses pointed at a real server: what its Makefile
// says, its tests, its image, and the commands of its workflow.
func TestPrivateGitExample(t *testing.T) {
	b, k := engine(t), newKey(t)
	h := newGitHost(t, k)
	dir := privateGit(t, h)
	image := registry(t) + "/test/" + unique(t)
	b.env = append(b.env, "IMAGE="+image, "COMPOSE_PROJECT_NAME="+unique(t), "STOREFRONT_PORT="+freePort(t), "COMPOSE_PROFILES=*")
	t.Cleanup(func() {
		output(b.env, "docker", "compose", "--project-directory", dir, "down", "--rmi", "all", "--timeout", "0")
	})

	without := b
	without.env = append(without.env, "SSH_AUTH_SOCK="+newAgent(t).socket)
	if e := without.run(t, dir, "make", "test"); e.code == 0 || !strings.Contains(e.all(), "No SSH agent with a key was found") || !strings.Contains(e.all(), "ssh-add") {
		t.Errorf("make test with an empty agent ended with %d:\n%s", e.code, e.all())
	}

	with := b
	with.env = append(with.env, newAgent(t, k).variable())
	with.must(t, dir, "sh", "-euc", workflowStep(t, dir, "Build"))
	if e := with.run(t, dir, "sh", "-euc", workflowStep(t, dir, "Test")); e.code != 0 || !strings.Contains(e.stdout, "1 passed") {
		t.Errorf("make test ended with %d:\n%s", e.code, e.all())
	}
	with.must(t, dir, "sh", "-euc", workflowStep(t, dir, "Push"))
	for _, service := range []string{"production", "api"} {
		with.must(t, dir, "docker", "compose", "up", "--detach", "--no-build", service)
		if price := shown(t, with.must(t, dir, "docker", "compose", "port", service, "8000"), "apple"); price != "apple: 1.20" {
			t.Errorf("the storefront says %q", price)
		}
		with.must(t, dir, "docker", "compose", "down", "--timeout", "0")
	}

	// Another machine of the CI has the registry's cache: it needs neither the host nor a key.
	h.stop()
	elsewhere := bare(t)
	elsewhere.env = append(elsewhere.env, "IMAGE="+image, "SSH_AUTH_SOCK="+newAgent(t).socket)
	elsewhere.must(t, dir, "sh", "-euc", workflowStep(t, dir, "Build"))
}

// privateGit is a copy of the example that finds its library on a host.
func privateGit(t *testing.T, h *gitHost) string {
	t.Helper()
	r := newRepository(t, h.home, "group/omnibus.git")
	files := library(t, "omnibus", "0.2.5")
	files["omnibus.py"] += "def price(article):\n    return article + ': 1.20'\n"
	commit := r.commit(files)

	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS("../examples/private-git")))
	rewrite(t, dir, "Dockerfile", func(string) string { return syntax() })
	toml := rewrite(t, dir, "pyproject.toml", func(s string) string {
		return strings.ReplaceAll(s, "git@git.example.com:group/omnibus.git", h.url("group/omnibus.git"))
	})
	rewrite(t, dir, "poetry.lock", func(s string) string {
		s = strings.Replace(s, "ssh://git@git.example.com/group/omnibus.git", h.url("group/omnibus.git"), 1)
		s = regexp.MustCompile(`resolved_reference = "\w+"`).ReplaceAllString(s, `resolved_reference = "`+commit+`"`)
		return regexp.MustCompile(`content-hash = "\w+"`).ReplaceAllString(s, `content-hash = "`+hashOf(t, toml)+`"`)
	})
	rewrite(t, dir, "deploy/known_hosts", func(string) string { return h.knownAs() })
	if ca := machineCA(t); ca != nil { // as docs/private-code.md has it
		must(t, os.WriteFile(filepath.Join(dir, "company-ca.pem"), ca["ca"], 0o644))
		rewrite(t, dir, "compose.yaml", func(s string) string {
			return strings.Replace(s, "\nservices:", "  secrets: [ca]\n\nsecrets:\n  ca: { file: company-ca.pem }\n\nservices:", 1)
		})
	}
	return dir
}

func rewrite(t *testing.T, dir, name string, with func(string) string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	data, err := os.ReadFile(file)
	must(t, err)
	text := with(string(data))
	if text == string(data) {
		t.Fatalf("%s has nothing that could be replaced", name)
	}
	must(t, os.WriteFile(file, []byte(text), 0o644))
	return text
}

// workflowStep is what a named step of the example's workflow runs.
func workflowStep(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, ".github/workflows/build.yaml"))
	must(t, err)
	_, step, ok := strings.Cut(string(data), "- name: "+name+"\n")
	_, script, run := strings.Cut(step, "run: |\n")
	if !ok || !run {
		t.Fatalf("the workflow has no step %s", name)
	}
	script, _, _ = strings.Cut(script, "\n\n")
	return script
}

func shown(t *testing.T, address, path string) string {
	t.Helper()
	var text string
	eventually(t, func() error {
		data, err := get(address + "/" + path)
		text = string(data)
		return err
	})
	return text
}
