package index

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// loginKey is the start of the names that Poetry gives to an index's login in the
// environment. Poetry keeps dots, which no shell can set: they become _ as well.
func loginKey(name string) string {
	return "POETRY_HTTP_BASIC_" + strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToUpper(name))
}

// Login is an index's: of the URL, if it has a password there, as in Poetry
// (utils/authenticator.py), else of the environment.
func Login(name string, inURL *url.Userinfo, getenv func(string) (string, bool)) *url.Userinfo {
	if _, ok := inURL.Password(); ok || getenv == nil {
		return inURL
	}
	user, _ := getenv(loginKey(name) + "_USERNAME")
	password, _ := getenv(loginKey(name) + "_PASSWORD")
	if user == "" && password == "" {
		return inURL
	}
	return url.UserPassword(user, password)
}

// authorize adds the login to a request to the index's own host, and removes it
// from any other: files may stand elsewhere. A login that was meant for https is
// never sent in the clear.
func (c *client) authorize(req *http.Request) {
	req.Header.Del("Authorization")
	downgrade := c.root.Scheme == "https" && req.URL.Scheme != "https"
	if c.user == nil || downgrade || netloc(req.URL) != netloc(c.root) {
		return
	}
	password, _ := c.user.Password()
	req.SetBasicAuth(c.user.Username(), password)
}

// redirect follows up to ten, as the standard client does. That one would keep the
// login for sub-domains and for other ports.
func (c *client) redirect(req *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("stopped after 10 redirects")
	}
	c.authorize(req)
	return nil
}

// netloc is host and port, without a scheme's own port.
func netloc(u *url.URL) string {
	port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	return strings.ToLower(strings.TrimSuffix(u.Host, port))
}
