package index

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

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
	p := &step.Problem{Kind: step.Unreachable,
		Message: fmt.Sprintf("%s (%s) cannot be reached: %s", c.index.Name, host(address), scrub(err)),
		Hint:    "Is the address right, and does the builder reach it? Proxies come as --build-arg HTTPS_PROXY=…"}
	if certificateError(err) {
		p.Hint = "The server's certificate is not valid for this address or not at this time."
	}
	return p
}

// broken explains an answer that did not come to its end.
func (c *client) broken(address string, err error) error {
	return &step.Problem{Kind: step.Unreachable,
		Message: fmt.Sprintf("%s: the answer for %s broke off: %s", c.index.Name, redact(address), scrub(err)),
		Hint:    "Try again."}
}

// refused explains a status other than 200.
func (c *client) refused(address string, resp *http.Response) error {
	p := &step.Problem{Kind: step.Unreachable,
		Message: fmt.Sprintf("%s answers %d %s for %s", c.index.Name, resp.StatusCode, http.StatusText(resp.StatusCode), redact(address))}
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		p.Kind = step.Unauthorized
		p.Hint = c.loginHint()
	case http.StatusNotFound, http.StatusGone:
		p.Kind = step.NotFound
		p.Hint = "The index does not have it: is it the index that the lock was written with?"
	default:
		p.Hint = "The server has a problem: try again later."
	}
	if resp.StatusCode < 500 && p.Kind == step.Unreachable && resp.StatusCode != http.StatusTooManyRequests {
		p.Kind, p.Hint = step.Failed, "Is the address of the source that of a simple index?"
	}
	return p
}

func (c *client) loginHint() string {
	key := loginKey(c.index.Name)
	if c.user != nil {
		return fmt.Sprintf("The login was not accepted: is it right? It comes from the secrets %s_USERNAME and %s_PASSWORD, or from the address.", key, key)
	}
	return fmt.Sprintf("Pass the login as build secrets: --secret id=%s_USERNAME,env=… --secret id=%s_PASSWORD,env=…", key, key)
}

func missing(err error) bool      { return kind(err) == step.NotFound }
func unauthorized(err error) bool { return kind(err) == step.Unauthorized }

func kind(err error) step.Kind {
	var p *step.Problem
	if errors.As(err, &p) {
		return p.Kind
	}
	return ""
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the index"
	}
	return u.Host
}

// redact is a URL without login, query and fragment: where secrets stand.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the index"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// userinfo in any text, such as an error about a proxy's address.
var userinfo = regexp.MustCompile(`//[^/@\s]*@`)

func scrub(err error) string { return userinfo.ReplaceAllString(err.Error(), "//") }
