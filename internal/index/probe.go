package index

import (
	"context"
	"crypto/x509"
	"net/http"
	"os"

	"github.com/quatrain-build/quatrain/internal/step"
)

// probe says whether only a step can download the files: BuildKit's own download
// has no login, no certificates and no proxy of a build. It asks for the first file
// without reading it, so that a login that is missing is an error here, before the
// answer is kept.
func (c *client) probe(ctx context.Context, found []step.Location) (bool, error) {
	if len(found) == 0 || len(c.index.Secrets()) == 0 && !c.special() {
		return false, nil
	}
	first, only := &found[0], c.asks(found[0].URL) || proxied(found[0].URL)
	err := c.get(ctx, request{address: first.URL, identity: true}, func(resp *http.Response) error {
		only = only || c.asks(resp.Request.URL.String()) || resp.TLS != nil && !c.public(resp.TLS.PeerCertificates)
		return nil
	})
	if k := step.KindOf(err); k == step.Unauthorized || k == step.Untrusted {
		return false, about(err, *first)
	}
	return only, nil // what else is wrong the download says, of the file that it is about
}

// special says whether the step has anything that the daemon may not have.
func (c *client) special() bool {
	for _, name := range []string{c.o.CA, c.o.CADir} {
		if _, err := os.Stat(name); name != "" && err == nil {
			return true
		}
	}
	return proxied(c.root.String())
}

func proxied(address string) bool {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	proxy, err := http.ProxyFromEnvironment(req)
	return proxy != nil && err == nil
}

// public says whether a server's certificate is of a public authority, which the
// daemon trusts too.
func (c *client) public(chain []*x509.Certificate) bool {
	roots, middle := x509.NewCertPool(), x509.NewCertPool()
	if _, err := appendPEM(roots, c.o.Bundle); err != nil || len(chain) == 0 {
		return false
	}
	for _, cert := range chain[1:] {
		middle.AddCert(cert)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: middle})
	return err == nil
}
