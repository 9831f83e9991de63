package frontend

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path"

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
	f, err := readFile(newRefFS(ctx, ref), path.Join(r.dir, name.Value))
	if err != nil {
		return err
	}
	if f == nil {
		return source.Errorf(name.At, "the known-hosts file %s is not in the build context", name.Value).
			WithHint("The path is relative to the project. Check that .dockerignore does not exclude the file.")
	}
	r.knownHosts = append(append([]byte{}, r.knownHosts...), f.Data...)
	if _, err := knownhosts.Knows(f.Data, "any"); err != nil {
		return source.Errorf(name.At, "%s: %v", name.Value, err).
			WithHint("Use a known_hosts file in ssh's format: `ssh-keyscan HOST >> %s` writes one.", name.Value)
	}
	return nil
}

// checkHosts refuses to talk to hosts whose keys nobody has given, before anything
// is asked of them.
func (r *request) checkHosts(p *plan.Plan) error {
	var errs []error
	for _, pkg := range p.Packages {
		host, ssh := llb.SSHHost(pkg.Origin.URL)
		if pkg.Origin.Kind != plan.FromGit || !ssh {
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
	return source.Errorf(pkg.At, "%s: no SSH host key is known for %s", pkg.Name, host).
		WithHint("Run `ssh-keyscan %s >> %s`, check the key against the one that the host publishes, commit the file%s.", keyscan(host), file, set)
}

// keyscan returns ssh-keyscan's arguments for a host with or without a port.
func keyscan(host string) string {
	if name, port, err := net.SplitHostPort(host); err == nil {
		return "-p " + port + " " + name
	}
	return host
}

func (r *request) sshIDs() map[string]string {
	ids := map[string]string{}
	for _, p := range r.project.Quatrain.Git.SSH {
		ids[p.Name] = p.Value
	}
	return ids
}
