package plan

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
)

// loginFor returns the name in the secrets' names of a url dependency, "" for no login.
// pyproject.toml decides, never the lock (docs/security.md): an address below a source's
// address gets the source's login, an address that pyproject.toml itself has gets the
// login of a source on the same scheme, host and port, else that of its own name.
func loginFor(p *pyproject.Project, name, at string) string {
	u, err := url.Parse(at)
	if err != nil || !address.IsHTTP(u) {
		return ""
	}
	named := namesAddress(p, name, u)
	login, best := "", -1
	for _, s := range p.Sources {
		at, err := url.Parse(s.URL)
		if err != nil || address.Origin(at) != address.Origin(u) {
			continue
		}
		below := address.IsBelow(u, at)
		rank := 2 * address.Shared(u, at)
		if below {
			rank++
		}
		if (named || below) && rank > best {
			login, best = s.Name, rank
		}
	}
	if login != "" || !named || sourceHasSecretsOf(p, name) {
		return login
	}
	return name
}

// namesGitHost reports whether pyproject.toml has a git dependency with the scheme, host
// and port of a remote. It is false for remotes that take no token: SSH and files.
func namesGitHost(p *pyproject.Project, remote string) bool {
	u, err := url.Parse(remote)
	if err != nil || !address.IsHTTP(u) {
		return false
	}
	return slices.ContainsFunc(dependencies(p), func(d pyproject.Dependency) bool {
		at, err := url.Parse(d.Git)
		return err == nil && address.IsHTTP(at) && address.Origin(at) == address.Origin(u)
	})
}

// withLogin gives an index a login, and what limits it: the addresses of the other sources.
func withLogin(p *pyproject.Project, index Index, login string) Index {
	if index.Login = login; login == "" {
		return index
	}
	var others []string
	for _, s := range p.Sources {
		if at, err := url.Parse(s.URL); s.Name != login && err == nil && address.IsHTTP(at) {
			at.RawQuery = ""
			others = append(others, address.WithoutLogin(at))
		}
	}
	index.Others = strings.Join(others, " ")
	return index
}

// namesAddress reports whether a url dependency of pyproject.toml has a name and an address.
func namesAddress(p *pyproject.Project, name string, u *url.URL) bool {
	return slices.ContainsFunc(dependencies(p), func(d pyproject.Dependency) bool {
		at, err := url.Parse(d.URL)
		return d.URL != "" && d.Name == name && err == nil && address.WithoutLogin(at) == address.WithoutLogin(u)
	})
}

// warnAboutLogins returns a warning for each address of pyproject.toml that has a login.
// The login is not used: it would be visible in the build's graph.
func warnAboutLogins(p *pyproject.Project) []*source.Error {
	var all []*source.Error
	warn := func(at source.Range, what, text string) {
		u, err := url.Parse(text)
		if err != nil || u.User == nil {
			return
		}
		if _, password := u.User.Password(); !password && !address.IsHTTP(u) {
			return
		}
		all = append(all, source.Errorf(at, "the address of %s contains a login, which is ignored because the build's record would show it", what).
			WithHint("Remove it there, and pass it as a build secret (docs/private-code.md)."))
	}
	for _, s := range p.Sources {
		warn(s.At, "the source "+s.Name, s.URL)
	}
	for _, d := range dependencies(p) {
		warn(d.At, d.PrettyName, cmp.Or(d.URL, d.Git))
	}
	return all
}

// sourceHasSecretsOf reports whether a source's secrets are called as those of a package.
func sourceHasSecretsOf(p *pyproject.Project, name string) bool {
	return slices.ContainsFunc(p.Sources, func(s pyproject.Source) bool { return step.SecretName(s.Name) == step.SecretName(name) })
}

// dependencies returns the dependencies of all groups of pyproject.toml, in order.
func dependencies(p *pyproject.Project) (all []pyproject.Dependency) {
	for _, g := range p.Groups {
		all = append(all, g.Dependencies...)
	}
	return all
}
