package index

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// certificates returns the public authorities and a company's own. The secret and the folder
// must hold certificates if they exist; other files in the folder, such as a README, are
// skipped.
func certificates(o Options) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if _, err := appendPEM(pool, o.Bundle); err != nil {
		return nil, err
	}
	if n, err := appendPEM(pool, o.CA); err != nil {
		return nil, err
	} else if n == present {
		return nil, noCertificate("the `ca` secret", "--secret id=ca,src=company-ca.pem")
	}
	entries, err := os.ReadDir(o.CADir)
	if err != nil { // most builds have none
		return pool, nil
	}
	found := false
	for _, e := range entries {
		name := filepath.Join(o.CADir, e.Name())
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
			continue
		}
		n, err := appendPEM(pool, name)
		if err != nil {
			return nil, err
		}
		found = found || n == added
	}
	if !found && len(entries) > 0 {
		return nil, noCertificate("the `ca` build context", "--build-context ca=folder-with-pem-files")
	}
	return pool, nil
}

// transports returns two transports with the step's trust: the standard one (HTTP/2, the
// environment's proxies), and one that dials for every request. HTTP/2 uses one connection
// for all requests to a host, and keeps using it when it hangs.
func (c *client) transports() (standard, anew http.RoundTripper, err error) {
	roots, err := certificates(c.o)
	if err != nil {
		return nil, nil, err
	}
	standard, err = c.transport(roots, func(*http.Transport) {})
	if err != nil {
		return nil, nil, err
	}
	anew, err = c.transport(roots, func(t *http.Transport) {
		t.DisableKeepAlives = true
		t.Protocols = new(http.Protocols)
		t.Protocols.SetHTTP1(true)
	})
	return standard, anew, err
}

// transport trusts roots. The certificates of the index itself, the authority's and
// the client's, count for its own host alone.
func (c *client) transport(roots *x509.CertPool, adjust func(*http.Transport)) (http.RoundTripper, error) {
	others := c.newTransport(roots)
	adjust(others)
	cert := step.SecretsOf(c.index).Cert
	text := ""
	if c.o.Getenv != nil {
		text, _ = c.o.Getenv(cert.Env)
	}
	if text == "" && c.login.client == nil {
		return others, nil
	}
	if text != "" {
		roots = roots.Clone()
		if !roots.AppendCertsFromPEM([]byte(text)) {
			return nil, noCertificate("the secret "+cert.ID, "--secret id="+cert.ID+",src=ca.pem")
		}
	}
	own := c.newTransport(roots)
	adjust(own)
	if c.login.client != nil {
		own.TLSClientConfig.Certificates = []tls.Certificate{*c.login.client}
	}
	return byHost{c.owns, own, others}, nil
}

func (c *client) newTransport(roots *x509.CertPool) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	t.ResponseHeaderTimeout = c.o.Answer
	t.MaxIdleConnsPerHost = parallelPages
	return t
}

// byHost asks what an index owns in another way than the rest.
type byHost struct {
	owns        func(*url.URL) bool
	own, others http.RoundTripper
}

func (b byHost) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.owns(r.URL) {
		return b.own.RoundTrip(r)
	}
	return b.others.RoundTrip(r)
}

// Authorities returns the text of all certificates, for programs that want one file. Faults
// of single files are reported when the certificates are used.
func Authorities(bundle, ca, caDir string) ([]byte, error) {
	files := []string{bundle, ca}
	if entries, err := os.ReadDir(caDir); err == nil {
		for _, e := range entries {
			files = append(files, filepath.Join(caDir, e.Name()))
		}
	}
	var all []byte
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(data, []byte("-----BEGIN CERTIFICATE-----")) {
			continue
		}
		all = append(append(all, data...), '\n')
	}
	if len(all) == 0 {
		return nil, errors.New("there are no certificates to check servers with")
	}
	return all, nil
}

// What became of a file of certificates.
const (
	absent  = iota // or empty: an optional secret that was not given
	present        // but no PEM certificate in it
	added
)

func appendPEM(pool *x509.CertPool, file string) (int, error) {
	if file == "" {
		return absent, nil
	}
	data, err := os.ReadFile(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return absent, nil
	case err != nil:
		return absent, &step.Problem{Kind: step.Failed, Message: fmt.Sprintf("reading certificates: %v", err)}
	case len(data) == 0:
		return absent, nil
	case pool.AppendCertsFromPEM(data):
		return added, nil
	}
	return present, nil
}

func noCertificate(what, how string) error {
	return &step.Problem{Kind: step.Failed, Message: what + " holds no certificate in PEM form",
		Hint: "Pass the certificate itself: " + how}
}

// wantsCertificate says whether a server refused a connection for lack of a client
// certificate, or for the one it got. The standard library does not export alerts.
func wantsCertificate(err error) bool {
	text := err.Error()
	return strings.Contains(text, "tls: certificate required") || strings.Contains(text, "remote error: tls: bad certificate")
}

// untrusted says whether a certificate is from an authority that nobody told us of.
func untrusted(err error) bool {
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &unknown)
}

// certificateError reports whether the error is a fault of a certificate, which another try
// cannot cure.
func certificateError(err error) bool {
	var invalid *tls.CertificateVerificationError
	return untrusted(err) || errors.As(err, &invalid)
}
