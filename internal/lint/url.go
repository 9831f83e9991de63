package lint

import (
	"net/url"

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
