package index

import (
	"context"
	"crypto/x509"
	"net/http"
	"os"
)

// probe reports whether only a step can download the files: BuildKit's own download
// has no login, no certificates and no proxy of a build. It asks for the first file
// without reading it, so that a missing login is an error here, before the answer is kept.
func (c *client) probe(ctx context.Context, found []answer) (bool, error) {
	if len(found) == 0 || len(c.index.Secrets()) == 0 && !c.special() {
		return false, nil
	}
	first := found[0]
	only := c.asks(first.URL) || proxied(first.URL)
	r := request{address: first.URL, identity: true}
	if first.remembered {
		r.tries = 1
	}
	err := c.get(ctx, r, func(resp *http.Response) error {
		only = only || c.asks(resp.Request.URL.String()) || resp.TLS != nil && !c.public(resp.TLS.PeerCertificates)
		return nil
	})
	return only, about(err, first.Location)
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
