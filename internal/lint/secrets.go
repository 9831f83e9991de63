package lint

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

var secretInURL = Rule{
	Name:        "SecretInURL",
	Description: "addresses should not contain logins, tokens or signatures",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		var all []finding
		carries := func(at source.Range, what, text string) {
			if hasSecret(text) {
				all = append(all, finding{at, "the address of " + what + " contains a login, a token or a signature: pass it as a build secret"})
			}
		}
		for _, s := range p.Sources {
			carries(s.At, "source "+s.Name, s.URL)
		}
		for _, g := range p.Groups {
			for _, d := range g.Dependencies {
				carries(d.At, "dependency "+d.PrettyName, cmp.Or(d.URL, d.Git))
			}
		}
		return once(all)
	},
}

// hasSecret reports whether an address has a login, a token or a signature in it. The user of
// an SSH address is none: git@host:group/name.git.
func hasSecret(text string) bool {
	if user, _, ok := strings.Cut(text, "@"); ok && !strings.ContainsAny(user, ":/") {
		return false
	}
	u, err := url.Parse(text)
	if err != nil {
		return strings.Contains(text, "@")
	}
	return address.IsHTTP(u) && u.User != nil || address.Public(text) != text
}

// secretName are names of variables whose value is a secret; those that end in
// _FILE, _PATH or _URL say where one is.
var secretName = regexp.MustCompile(`(?i)(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_?KEY)?$`)

var secretInEnv = Rule{
	Name:        "SecretInEnv",
	Description: "`env` should not contain secrets: everyone who has the image can read them",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		var all []finding
		for _, t := range appTargets(p) {
			for _, e := range t.Image.Env {
				if secretName.MatchString(e.Name) && e.Value != "" {
					all = append(all, finding{e.At, e.Name + " looks like a secret, and everyone who has the image can read it: set it when the container starts"})
				}
			}
		}
		return once(all)
	},
}

var secretInFiles = Rule{
	Name:        "SecretInFiles",
	Description: "the image should not contain files with secrets: everyone who has the image can read them",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		var all []finding
		for _, e := range plan.SecretsInFiles(p) {
			all = append(all, finding{e.At, e.Message + ". " + e.Hint})
		}
		return once(all)
	},
}
