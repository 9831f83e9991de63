package pep517

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/index"
	"github.com/quatrain-build/quatrain/internal/step"
)

// pipIndexes are what pip asks: a relay in front of the project's indexes, which
// keeps their logins and certificates to itself. pip runs backends of build
// requirements, and those see what pip sees.
type pipIndexes struct {
	relay         *index.Relay
	proxy         string
	primary, more []string // addresses at the relay
	server        *http.Server
}

func newPipIndexes(o step.BuildOptions, relay *index.Relay) (*pipIndexes, error) {
	p := &pipIndexes{relay: relay, server: &http.Server{Handler: relay}}
	for _, group := range []struct {
		indexes   []step.Index
		addresses *[]string
	}{{o.Indexes, &p.primary}, {o.More, &p.more}} {
		for _, i := range group.indexes {
			address, err := relay.Address(i)
			if err != nil {
				return nil, err
			}
			*group.addresses = append(*group.addresses, address)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("pip's way to the indexes: %w", err)
	}
	p.proxy = "http://" + l.Addr().String()
	go p.server.Serve(l)
	return p, nil
}

func (p *pipIndexes) close() { p.server.Close() }

// attempts are the environment variables of one try after another. pip takes the
// best version of all indexes that it is given, whichever has it: the supplemental
// ones are not among them as long as the primary ones are enough.
func (p *pipIndexes) attempts() [][]string {
	tries := [][]string{p.variables(p.primary)}
	if len(p.more) > 0 {
		tries = append(tries, p.variables(append(append([]string{}, p.primary...), p.more...)))
	}
	return tries
}

func (p *pipIndexes) variables(addresses []string) []string {
	if len(addresses) == 0 {
		return []string{"PIP_NO_INDEX=1"}
	}
	return append([]string{
		"http_proxy=" + p.proxy, "HTTP_PROXY=" + p.proxy,
		"PIP_TRUSTED_HOST=" + index.RelayHost,
		"PIP_RETRIES=0", // the relay has tried
		"PIP_INDEX_URL=" + addresses[0],
		"PIP_EXTRA_INDEX_URL=" + strings.Join(addresses[1:], " "),
	}, pastNoProxy(os.Environ())...)
}

// pastNoProxy lets pip use the relay where no proxy is to be used for any host: the
// relay is one to pip. There are no others then, which says the same in other words.
func pastNoProxy(environ []string) []string {
	if !slices.ContainsFunc(environ, func(e string) bool {
		name, value, _ := strings.Cut(e, "=")
		return strings.EqualFold(name, "no_proxy") && slices.ContainsFunc(strings.Split(value, ","), func(host string) bool { return strings.TrimSpace(host) == "*" })
	}) {
		return nil
	}
	var none []string
	for _, name := range []string{"no_proxy", "https_proxy", "ftp_proxy", "all_proxy"} {
		none = append(none, name+"=", strings.ToUpper(name)+"=")
	}
	return none
}

// explain puts what went wrong with an index in the place of what pip made of it.
func (p *pipIndexes) explain(s step.Build, err error) error {
	found := p.relay.Problem()
	if found == nil {
		return err
	}
	return problem(s, "its build requirements cannot be installed: "+found.Message, found.Hint)
}
