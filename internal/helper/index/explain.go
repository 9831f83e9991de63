package index

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// unreachable explains a request that had no answer.
func (c *client) unreachable(address string, err error) error {
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err // without the address: the message has the host
	}
	if untrusted(err) {
		return &step.Problem{Kind: step.Untrusted,
			Message: fmt.Sprintf("%s: the certificate of %s is signed by an unknown authority", c.index.Name, host(address)),
			Hint:    "Pass your company's certificate to the build: --secret id=ca,src=company-ca.pem (compose: build.secrets)."}
	}
	if wantsCertificate(err) {
		return &step.Problem{Kind: step.Unauthorized,
			Message: fmt.Sprintf("%s (%s) requires a client certificate: %s", c.index.Name, host(address), scrub(err)),
			Hint:    c.certificateHint()}
	}
	p := &step.Problem{Kind: step.Unreachable,
		Message: fmt.Sprintf("%s (%s) cannot be reached: %s", c.index.Name, host(address), scrub(err)),
		Hint:    "Check the address, and that the builder can reach it. Proxies are set with --build-arg HTTPS_PROXY=…"}
	switch {
	case certificateError(err):
		p.Hint = "The server's certificate is not valid for this address or at this time."
	case isNotTLS(err):
		p.Hint = proxyPageHint
	}
	return p
}

// isNotTLS reports whether something answered that does not speak TLS.
func isNotTLS(err error) bool {
	var record tls.RecordHeaderError
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &record)
}

// brokenOff says what became of an answer that did not come to its end.
func brokenOff(resp *http.Response, came int64, err error) *transient {
	var t *transient
	if errors.As(err, &t) {
		return t
	}
	after := fmt.Sprintf("after %d bytes", came)
	if resp.ContentLength > 0 {
		after = fmt.Sprintf("after %d of %d bytes", came, resp.ContentLength)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &transient{message: "was cut off " + after, hint: cutHint}
	}
	return &transient{message: "broke off " + after + ": " + scrub(err)}
}

// broken explains an answer that came, and not as it should.
func (c *client) broken(address string, err error) error {
	p := &step.Problem{Kind: step.Unreachable, Message: fmt.Sprintf("%s: %s %s", c.index.Name, redact(address), scrub(err)), Hint: "Try again."}
	var t *transient
	if errors.As(err, &t) {
		p.Kind, p.Hint = cmp.Or(t.kind, p.Kind), cmp.Or(t.hint, p.Hint)
	}
	return p
}

// refused explains a status that is no success.
func (c *client) refused(r request, resp *http.Response) error {
	p := &step.Problem{Kind: step.Unreachable,
		Message: strings.TrimSpace(fmt.Sprintf("%s answers %d %s", c.index.Name, resp.StatusCode, http.StatusText(resp.StatusCode))) + " for " + redact(r.address)}
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		p.Kind = step.Unauthorized
		p.Hint = c.loginHint()
	case status == http.StatusProxyAuthRequired:
		p.Hint = proxyHint
	case status == http.StatusNetworkAuthenticationRequired:
		p.Hint = proxyPageHint
	case status == http.StatusNotFound, status == http.StatusGone:
		p.Kind = step.NotFound
		p.Hint = missingHint + c.closedHint()
	case mayPass(status):
		p.Hint = serverHint
	case r.identity:
		p.Kind, p.Hint = step.Failed, "The server refuses the file: ask whoever runs the index."
	default:
		p.Kind, p.Hint = step.Failed, simpleIndexHint
	}
	return p
}

const (
	serverHint      = "The server has a problem: try again later."
	proxyHint       = "The proxy requires a login: --build-arg HTTPS_PROXY=http://user:password@host:port"
	proxyPageHint   = "Look for something between the builder and the server that answers instead, such as a proxy or a login page."
	cutHint         = "Try again. If it is cut off each time, look for a proxy between the builder and the server that ends long transfers."
	slowHint        = "Try again later, or from a builder with a faster connection to the server."
	simpleIndexHint = "Check that the source's url is that of a simple index (PEP 503)."
)

// loginHint names the secrets that the index's login comes from, or could.
func (c *client) loginHint() string {
	if c.login.from != "" {
		return fmt.Sprintf("The login from %s was rejected. Check that it is correct and may read this package.", c.login.from)
	}
	if c.index.Login == "" {
		return notNamedHint
	}
	return "Pass the login as build secrets: " + c.loginFlags()
}

// notNamedHint is for addresses that get no login, because pyproject.toml has them neither
// as a url dependency nor below a source.
const notNamedHint = "Only poetry.lock has this address, so it gets no login. Add it to pyproject.toml, as a url dependency or as a source, and pass the login as a secret."

func (c *client) loginFlags() string {
	s := step.SecretsOf(c.index)
	return fmt.Sprintf("--secret id=%s,env=… --secret id=%s,env=… (or Poetry's own file: --secret id=auth.toml,src=…).", s.Username.ID, s.Password.ID)
}

func (c *client) certificateHint() string {
	if c.index.Login == "" {
		return notNamedHint
	}
	return fmt.Sprintf("Pass it with its key, in one file: --secret id=%s,src=…", step.SecretsOf(c.index).ClientCert.ID)
}

const missingHint = "Check that this is the index that the lock was written with."

// closedHint returns the hint for 404, which some indexes answer if the client may not see a
// file.
func (c *client) closedHint() string {
	switch {
	case len(c.index.Secrets()) == 0:
		return ""
	case c.login.from == "":
		return " Some indexes give this answer to clients without a login: " + c.loginFlags()
	}
	return " Or the login may not read it; it comes from " + c.login.from + "."
}

func missing(err error) bool { return step.KindOf(err) == step.NotFound }

func unauthorized(err error) bool { return step.KindOf(err) == step.Unauthorized }

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the index"
	}
	return u.Host
}

// redact returns a URL without login, query and fragment, which may hold secrets.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the index"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// A login or a query in any text, such as an error about a proxy's address or a redirect.
var (
	userinfo = regexp.MustCompile(`//[^/@\s]*@`)
	query    = regexp.MustCompile(`\?[^\s"']*=[^\s"']*`)
)

// scrub returns an error's text without logins and signatures.
func scrub(err error) string {
	if strings.HasPrefix(err.Error(), "failed to parse Location header") { // net/http quotes it whole
		return "it redirects to an invalid address"
	}
	return query.ReplaceAllString(userinfo.ReplaceAllString(err.Error(), "//"), "?…")
}
