package index

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
)

// login is who asks an index.
type login struct {
	user   *url.Userinfo    // nil for none
	token  string           // a bearer token, "" for none
	client *tls.Certificate // nil for none
	netrc  netrc            // for hosts that nothing else is known of
	from   string           // where it comes from, for messages; "" for nowhere
}

// newLogin follows Poetry (utils/authenticator.py): the address, then the secrets of
// the index, then auth.toml, user and password each for itself; netrc where all that
// says nothing. A bearer token is the most particular secret: it comes first of them.
func newLogin(index step.Index, inURL *url.Userinfo, getenv func(string) (string, bool)) (login, error) {
	if getenv == nil {
		getenv = func(string) (string, bool) { return "", false }
	}
	secret := func(s step.Secret) string { // a file that `echo` wrote ends with a new line
		text, _ := getenv(s.Env)
		return strings.TrimRight(text, "\r\n")
	}
	if index.Login == "" {
		return login{user: inURL}, nil
	}
	var l login
	var err error
	text, _ := getenv(step.Netrc.Env)
	if l.netrc, err = parseNetrc(text); err != nil {
		return l, err
	}
	s := step.SecretsOf(index)
	if pair := secret(s.ClientCert); pair != "" {
		cert, err := tls.X509KeyPair([]byte(pair), []byte(pair))
		if err != nil {
			return l, &step.Problem{Kind: step.Failed,
				Message: "the secret " + s.ClientCert.ID + " does not hold a certificate and its key in PEM form",
				Hint:    "Put both into one file: cat client.pem client.key > client-cert.pem"}
		}
		l.client = &cert
	}
	if _, whole := inURL.Password(); whole {
		l.user, l.from = inURL, "the address of the source"
		return l, nil
	}
	if l.token = secret(s.Token); l.token != "" {
		l.from = "the secret " + s.Token.ID
		return l, nil
	}
	file, err := authFile(secret(step.AuthTOML), index)
	if err != nil {
		return l, err
	}
	user, password := secret(s.Username), secret(s.Password)
	if user != "" || password != "" {
		l.from = "the secrets " + s.Username.ID + " and " + s.Password.ID
	} else if file != (machine{}) {
		l.from = "the secret auth.toml"
	}
	if user == "" {
		user = file.login
	}
	if password == "" {
		password = file.password
	}
	if l.user = inURL; l.from != "" {
		l.user = url.UserPassword(user, password)
	}
	return l, nil
}

// authFile reads [http-basic.NAME] of Poetry's auth.toml. The text of errors is left
// out: it could quote the file.
func authFile(text string, index step.Index) (machine, error) {
	root, err := source.ParseTOML(&source.File{Name: "auth.toml", Data: []byte(text)})
	if err != nil {
		return machine{}, &step.Problem{Kind: step.Failed, Message: "the secret auth.toml is not TOML",
			Hint: "It is the file that `poetry config http-basic.NAME USER` writes, often ~/.config/pypoetry/auth.toml."}
	}
	var r source.Reader
	entry := r.Table(root.Get("http-basic", index.Login))
	return machine{r.String(entry.Get("username")), r.String(entry.Get("password"))}, nil
}

// authorize adds the login to a request, and removes that of the request before. named
// tells that the index itself has led here: by its address, by a page of its own, or by a
// redirect that has not left its origin. What only another host has led to gets the login
// only if it is below the index's address.
func (c *client) authorize(req *http.Request, named bool) {
	req.Header.Del("Authorization")
	req.Header.Del("Referer") // it could hold a signature
	named = named || address.IsBelow(req.URL, c.root)
	own := named && c.owns(req.URL)
	switch {
	case own && c.login.token != "":
		req.Header.Set("Authorization", "Bearer "+c.login.token)
	case own && c.login.user != nil:
		password, _ := c.login.user.Password()
		req.SetBasicAuth(c.login.user.Username(), password)
	case own || named && c.isOfProject(req.URL):
		if m, ok := c.login.netrc.of(req.URL.Hostname()); ok {
			req.SetBasicAuth(m.login, m.password)
		}
	}
}

// owns reports whether an address has the index's scheme, host and port and does not belong
// to another source there. Of two sources with one path the longer one has an address.
func (c *client) owns(u *url.URL) bool {
	if address.Origin(u) != address.Origin(c.root) {
		return false
	}
	for _, other := range c.others {
		inside := address.IsBelow(u, c.root) && len(c.root.Path) >= len(other.Path)
		if !inside && address.MayBeBelow(u, other) {
			return false
		}
	}
	return true
}

// isOfProject reports whether an address has the scheme, host and port of one of the
// project's sources: entries of netrc go there and nowhere else.
func (c *client) isOfProject(u *url.URL) bool {
	same := func(source *url.URL) bool { return address.Origin(source) == address.Origin(u) }
	return same(c.root) || slices.ContainsFunc(c.others, same)
}

// asks reports whether requests to an address carry something that only steps have.
func (c *client) asks(at string) bool {
	req, err := http.NewRequest(http.MethodGet, at, nil)
	if err != nil {
		return false
	}
	c.authorize(req, true)
	return req.Header.Get("Authorization") != "" || c.login.client != nil && c.owns(req.URL)
}

// redirect follows up to ten, as the standard client does. That one would keep the
// login for sub-domains and for other ports.
func (c *client) redirect(req *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("stopped after 10 redirects")
	}
	req.URL.User = nil // a login that a server makes up
	named := !slices.ContainsFunc(via, func(r *http.Request) bool { return !c.owns(r.URL) })
	c.authorize(req, named)
	return nil
}
