package pep517

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/quatrain-build/quatrain/internal/index"
	"github.com/quatrain-build/quatrain/internal/step"
)

// pipIndexes are the addresses that pip asks, logins in them: they reach pip's
// environment only, which no backend sees.
type pipIndexes struct{ primary, more []string }

func newPipIndexes(o step.BuildOptions, getenv func(string) (string, bool)) (pipIndexes, error) {
	primary, err := addresses(o.Indexes, getenv)
	if err != nil {
		return pipIndexes{}, err
	}
	more, err := addresses(o.More, getenv)
	return pipIndexes{primary, more}, err
}

func addresses(indexes []step.Index, getenv func(string) (string, bool)) ([]string, error) {
	var all []string
	for _, i := range indexes {
		u, err := url.Parse(i.URL)
		if err != nil {
			return nil, fmt.Errorf("the address of %s is not a URL", i.Name)
		}
		u.User = index.Login(i.Name, u.User, getenv)
		all = append(all, u.String())
	}
	return all, nil
}

// attempts are the environment variables of one try after another. pip takes the
// best version of all indexes that it is given, whichever has it: the supplemental
// ones are not among them as long as the primary ones are enough.
func (p pipIndexes) attempts() [][]string {
	tries := [][]string{variables(p.primary)}
	if len(p.more) > 0 {
		tries = append(tries, variables(append(append([]string{}, p.primary...), p.more...)))
	}
	return tries
}

func variables(addresses []string) []string {
	if len(addresses) == 0 {
		return []string{"PIP_NO_INDEX=1"}
	}
	v := []string{"PIP_INDEX_URL=" + addresses[0]}
	if more := addresses[1:]; len(more) > 0 {
		v = append(v, "PIP_EXTRA_INDEX_URL="+strings.Join(more, " "))
	}
	return v
}
