package index

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quatrain-build/quatrain/internal/step"
)

// client talks to one index.
type client struct {
	index   step.Index
	root    *url.URL
	http    *http.Client
	tries   int
	answers string // folder of remembered answers, "" for none
	user    *url.Userinfo
}

// A page of the largest projects has some 7 MB.
const maxPage = 64 << 20

func newClient(index step.Index, once bool) (*client, error) {
	root, err := url.Parse(index.URL)
	if err != nil || root.Host == "" {
		return nil, &step.Problem{Kind: step.Failed, Message: fmt.Sprintf("the address of %s is not a URL", index.Name)}
	}
	roots, err := certificates(step.Bundle, step.CA, step.CADir)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	transport.ResponseHeaderTimeout = 30 * time.Second
	transport.MaxIdleConnsPerHost = parallelPages
	c := &client{index: index, root: root, user: credentials(index.Name, root), tries: 3}
	c.http = &http.Client{Transport: transport}
	if once {
		c.tries = 1
	}
	if info, err := os.Stat(step.Answers); err == nil && info.IsDir() {
		c.answers = step.Answers
	}
	root.User = nil
	return c, nil
}

// certificates are the plain ones and a company's own.
func certificates(bundle, ca, dir string) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	files := []string{bundle, ca}
	if entries, err := os.ReadDir(dir); err == nil {
		for _, e := range entries {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, &step.Problem{Kind: step.Failed, Message: fmt.Sprintf("reading certificates: %v", err)}
		}
		if !pool.AppendCertsFromPEM(data) && f != bundle && len(data) > 0 {
			return nil, &step.Problem{Kind: step.Failed, Message: "the `ca` secret holds no certificate in PEM form",
				Hint: "Pass the certificate itself: --secret id=ca,src=company-ca.pem"}
		}
	}
	return pool, nil
}

// credentials come from the environment, named as Poetry names them, else from the URL.
func credentials(name string, root *url.URL) *url.Userinfo {
	key := "POETRY_HTTP_BASIC_" + strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToUpper(name))
	if user, ok := os.LookupEnv(key + "_USERNAME"); ok {
		return url.UserPassword(user, os.Getenv(key+"_PASSWORD"))
	}
	return root.User
}

// get fetches a URL, with tries. The caller closes the body.
func (c *client) get(ctx context.Context, address, accept string) (*http.Response, error) {
	for try := 1; ; try++ {
		resp, err := c.once(ctx, address, accept)
		wait, again := retry(resp, err, try)
		if !again || try >= c.tries {
			return resp, c.explain(address, resp, err)
		}
		if resp != nil {
			resp.Body.Close()
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (c *client) once(ctx context.Context, address, accept string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", "quatrain")
	// The login is for the index alone: files may be on another host.
	if c.user != nil && req.URL.Host == c.root.Host {
		password, _ := c.user.Password()
		req.SetBasicAuth(c.user.Username(), password)
	}
	return c.http.Do(req)
}

// retry says whether a failure may pass, and how long to wait.
func retry(resp *http.Response, err error, try int) (time.Duration, bool) {
	wait := time.Duration(try) * 500 * time.Millisecond
	if err != nil {
		return wait, !untrusted(err) && !errors.Is(err, context.Canceled)
	}
	if !slices.Contains([]int{429, 500, 502, 503, 504}, resp.StatusCode) {
		return 0, false
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s >= 0 && s <= 10 {
		wait = time.Duration(s) * time.Second
	}
	return wait, true
}

func untrusted(err error) bool {
	var unknown x509.UnknownAuthorityError
	var invalid *tls.CertificateVerificationError
	return errors.As(err, &unknown) || errors.As(err, &invalid)
}

// explain turns a failed request into a problem; nil for a status of 200.
func (c *client) explain(address string, resp *http.Response, err error) error {
	p := &step.Problem{Kind: step.Unreachable}
	switch {
	case err != nil && untrusted(err):
		p.Kind = step.Untrusted
		p.Message = fmt.Sprintf("%s: the certificate of %s is signed by an unknown authority", c.index.Name, host(address))
		p.Hint = "Pass your company's certificate to the build: --secret id=ca,src=company-ca.pem (compose: build.secrets)."
		return p
	case err != nil:
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err // the URL may carry a password
		}
		p.Message = fmt.Sprintf("%s (%s) cannot be reached: %v", c.index.Name, host(address), err)
		p.Hint = "Is the address right, and does the builder reach it? Proxies come as --build-arg HTTPS_PROXY=…"
		return p
	case resp.StatusCode == http.StatusOK:
		return nil
	}
	io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<10))
	resp.Body.Close()
	p.Message = fmt.Sprintf("%s answers %s for %s", c.index.Name, resp.Status, redact(address))
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		p.Kind = step.Unauthorized
		key := "POETRY_HTTP_BASIC_" + strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToUpper(c.index.Name))
		p.Hint = fmt.Sprintf("Pass the login as build secrets: --secret id=%s_USERNAME,env=… --secret id=%s_PASSWORD,env=…", key, key)
	case http.StatusNotFound, http.StatusGone:
		p.Kind = step.NotFound
		p.Hint = "The index does not have it: is it the index that the lock was written with?"
	default:
		p.Hint = "The server has a problem: try again later."
	}
	return p
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the index"
	}
	return u.Host
}

// redact is a URL without user, password and query.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the index"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
