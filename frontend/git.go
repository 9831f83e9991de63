package frontend

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/moby/buildkit/frontend/dockerui"

	"github.com/quatrain-build/quatrain/internal/knownhosts"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// readKnownHosts reads the file that [tool.quatrain.git] names, if it does. What is
// built in comes first.
func (r *request) readKnownHosts(ctx context.Context) error {
	r.knownHosts = knownhosts.Builtin
	name := r.project.Quatrain.Git.KnownHosts
	if name.Value == "" {
		return nil
	}
	ref, err := r.solveContext(ctx, "load known hosts", []string{name.Value})
	if err != nil {
		return err
	}
	data, err := dockerui.ReadFile(ctx, ref, path.Join(r.dir, name.Value))
	if err != nil {
		return source.Errorf(name.At, "the known hosts %s are not in the build context", name.Value).
			WithHint("The path is relative to the project; look whether .dockerignore leaves the file out.")
	}
	r.knownHosts = append(append([]byte{}, r.knownHosts...), data...)
	if _, err := knownhosts.Knows(data, "any"); err != nil {
		return source.Errorf(name.At, "%s: %v", name.Value, err).
			WithHint("It is a known_hosts file as ssh has it: `ssh-keyscan HOST >> %s` writes one.", name.Value)
	}
	return nil
}

// checkHosts refuses to talk to hosts whose keys nobody has given, before anything
// is asked of them.
func (r *request) checkHosts(p *plan.Plan, in *llb.Inputs) error {
	var errs []error
	for _, pkg := range p.Packages {
		if _, overridden := in.Trees[pkg.Name]; overridden || pkg.Origin.Kind != plan.FromGit {
			continue
		}
		host, ssh := llb.SSHHost(pkg.Origin.URL)
		if !ssh {
			continue
		}
		if known, err := knownhosts.Knows(r.knownHosts, host); err != nil || known {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, r.unknownHost(pkg, host))
	}
	return errors.Join(errs...)
}

func (r *request) unknownHost(pkg plan.Package, host string) error {
	file := r.project.Quatrain.Git.KnownHosts.Value
	set := ""
	if file == "" {
		file = "known_hosts"
		set = fmt.Sprintf(" and set known-hosts = %q in [tool.quatrain.git]", file)
	}
	return source.Errorf(pkg.At, "%s comes from %s, whose key is not known", pkg.Name, host).
		WithHint("Get it with `ssh-keyscan %s >> %s`, hold it against what the host's operators publish, commit the file%s.", keyscan(host), file, set)
}

// keyscan are the arguments for a host with or without a port.
func keyscan(host string) string {
	if name, port, ok := strings.Cut(host, ":"); ok {
		return "-p " + port + " " + name
	}
	return host
}

// gitSymptoms are texts in the errors of BuildKit's git source and of git itself,
// and what they mean. %s in a hint stands for the agent's id.
var gitSymptoms = []struct{ texts, message, hint string }{
	{"no SSH key|no ssh handler|unset ssh forward key|failed to get agent|forwarded from the client",
		"it comes over SSH, and no SSH agent was passed to the build",
		"Pass yours with `docker buildx build --ssh %s` (compose: `build.ssh: [%s]`, or `docker compose build --ssh default`); `ssh-add -l` shows what keys it has."},
	{"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|host key",
		"the host's key is not the one that is known",
		"Somebody may be in between, or the host has a new key: ask its operators before you change known_hosts."},
	{"Permission denied|publickey",
		"the SSH agent has no key that the host accepts for it",
		"`ssh-add -l` shows what keys the agent has; does the account of one of them may read the repository? The agent is %s."},
	{"Authentication failed|could not read Username|HTTP Basic|The requested URL returned error: 401|The requested URL returned error: 403|invalid credentials",
		"the host wants a login for it",
		"Pass a token: --secret id=GIT_AUTH_TOKEN,env=… (for one host: GIT_AUTH_TOKEN.HOST)."},
	{"not our ref|did not match any|couldn't find remote ref|unadvertised object|reference is not a tree|bad object|does not match|invalid checksum|failed to fetch",
		"the repository does not have the locked commit",
		"Was the branch or tag rewritten? Run `poetry update %p` and commit poetry.lock."},
	{"Repository not found|repository not found|does not exist|does not appear to be a git repository",
		"there is no such repository, or no right to read it",
		"Check the address; over SSH the agent's key needs read access, over HTTPS the token."},
	{"Could not resolve host|Connection refused|Connection timed out|unable to access|No route to host",
		"the host cannot be reached",
		"The builder itself fetches git dependencies: does it reach the host?"},
	{"certificate problem|certificate verify failed|server certificate",
		"the host's certificate is not trusted by the builder",
		"The builder itself fetches git dependencies: its own trust store needs your company's certificate."},
}

// explainGit says what a failed fetch of a package means.
func (r *request) explainGit(pkg plan.Package, err error) error {
	agent := "default"
	if host, ok := llb.SSHHost(pkg.Origin.URL); ok {
		agent = llb.SSHAgent(r.sshIDs(), host)
	}
	text := err.Error()
	for _, s := range gitSymptoms {
		for t := range strings.SplitSeq(s.texts, "|") {
			if !strings.Contains(text, t) {
				continue
			}
			hint := strings.NewReplacer("%s", agent, "%p", pkg.Name).Replace(s.hint)
			return source.Errorf(pkg.At, "%s cannot be fetched from %s: %s", pkg.Name, pkg.Origin.PlainURL(), s.message).WithHint("%s", hint)
		}
	}
	return source.Errorf(pkg.At, "%s cannot be fetched from %s: %s", pkg.Name, pkg.Origin.PlainURL(), lastLine(text))
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

func (r *request) sshIDs() map[string]string {
	ids := map[string]string{}
	for _, p := range r.project.Quatrain.Git.SSH {
		ids[p.Name] = p.Value
	}
	return ids
}
