package llb

import (
	"net"
	"net/url"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/util/gitutil"

	"github.com/quatrain-build/quatrain/internal/plan"
)

// SSHHost returns the host of a git remote that is reached over SSH, as "host" or
// "host:port". ok is false for any other remote.
func SSHHost(remote string) (host string, ok bool) {
	u, err := gitutil.ParseURL(remote)
	if err != nil || u.Scheme != gitutil.SSHProtocol {
		return "", false
	}
	return u.Host, true
}

// git returns the tree of a locked commit, with its submodules. Commit and sub-folder are the
// cache key, so a warm build needs neither the network nor the agent. Host keys are always
// passed; without them BuildKit would trust any host. Only the commit itself is fetched,
// unless the whole history is asked for. That fetch sets the files' times only to get another
// cache key: BuildKit would otherwise merge it with the fetch that failed.
func (g *Graph) git(pkg plan.Package, wholeHistory bool) bkllb.State {
	o := pkg.Origin
	opts := []bkllb.GitOption{
		bkllb.GitRef(o.Commit),
		bkllb.WithCustomName("[git] " + pkg.Name + " " + o.Commit[:min(12, len(o.Commit))]),
		aboutPackage(pkg.Name),
	}
	switch {
	case g.o.GitFetchByCommit && wholeHistory:
		opts = append(opts, bkllb.GitMTimeCommit())
	case g.o.GitFetchByCommit:
		opts = append(opts, bkllb.GitChecksum(o.Commit), bkllb.GitFetchByCommit())
	}
	opts = append(opts, tokenSecrets(o)...)
	if host, ok := SSHHost(o.URL); ok {
		opts = append(opts, bkllb.KnownSSHHosts(g.o.KnownHosts), bkllb.MountSSHSock(SSHAgent(g.o.SSH, host)))
	}
	for _, c := range g.constraints {
		opts = append(opts, c)
	}
	return bkllb.Git(o.URL, "", opts...)
}

// tokenSecrets says under which names BuildKit looks for a token: NAME.HOST, then NAME.
// A host that only the lock names gets no token that is for all hosts, and no token at
// all over plain HTTP (docs/security.md).
func tokenSecrets(o plan.Origin) []bkllb.GitOption {
	u, err := url.Parse(o.URL)
	if o.HostNamed {
		return nil // BuildKit's own names
	}
	if err != nil || u.Scheme != "https" {
		return []bkllb.GitOption{bkllb.AuthTokenSecret(""), bkllb.AuthHeaderSecret("")}
	}
	return []bkllb.GitOption{
		bkllb.AuthTokenSecret(bkllb.GitAuthTokenKey + "." + u.Host),
		bkllb.AuthHeaderSecret(bkllb.GitAuthHeaderKey + "." + u.Host),
	}
}

// SSHAgent returns the id of the SSH agent for a host: the one configured for it, with or
// without its port, else "default".
func SSHAgent(ids map[string]string, host string) string {
	name, _, _ := net.SplitHostPort(host) // "" for a host alone
	for _, h := range []string{host, name} {
		if id := ids[h]; id != "" {
			return id
		}
	}
	return "default"
}

// packageKey is where a vertex's description names the package that it is about.
const packageKey = "build.quatrain.package"

func aboutPackage(name string) bkllb.ConstraintsOpt {
	return bkllb.WithDescription(map[string]string{packageKey: name})
}

// PackageOf reads the package that a vertex is about from its description.
func PackageOf(description map[string]string) string { return description[packageKey] }
