package lint

import (
	"net/url"
	"regexp"

	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/pyproject"
)

var secretInURL = Rule{
	Name:        "SecretInURL",
	Description: "a password in a file is a password for everyone",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		var all []finding
		for _, s := range p.Sources {
			if u, err := url.Parse(s.URL); err == nil && u.User != nil {
				all = append(all, finding{s.At, "the address of source " + s.Name + " carries a user or password: pass them as build secrets"})
			}
		}
		return all
	},
}

// secretName are names of variables whose value is a secret; those that end in
// _FILE, _PATH or _URL say where one is.
var secretName = regexp.MustCompile(`(?i)(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_?KEY)?$`)

var secretInEnv = Rule{
	Name:        "SecretInEnv",
	Description: "who has the image reads its environment: secrets are passed when a container starts",
	find: func(p *pyproject.Project, _ *lockfile.Lock) []finding {
		var all []finding
		for _, t := range appTargets(p) {
			for _, e := range t.Image.Env {
				if secretName.MatchString(e.Name) && e.Value != "" {
					all = append(all, finding{e.At, e.Name + " looks like a secret, and the image carries its value"})
				}
			}
		}
		return once(all)
	},
}
