package index

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/pindex"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Which request gets which login: an index's own goes to its scheme, host and port, an
// entry of netrc to its host over https, and the entry for all hosts to the index alone.
func TestAuthorizeMatrix(t *testing.T) {
	secrets := map[string]map[string]string{
		"password":      {"POETRY_HTTP_BASIC_CORP_USERNAME": "me", "POETRY_HTTP_BASIC_CORP_PASSWORD": "pw"},
		"token":         {"POETRY_HTTP_BEARER_CORP_TOKEN": "pw"},
		"auth.toml":     {"QUATRAIN_AUTH_TOML": "[http-basic.corp]\nusername = \"me\"\npassword = \"pw\"\n"},
		"netrc":         {"QUATRAIN_NETRC": "machine corp.test login me password pw\nmachine files.test login me password other\n"},
		"netrc default": {"QUATRAIN_NETRC": "default login me password pw\n"},
	}
	own := []string{"password", "token", "auth.toml", "netrc", "netrc default"}
	for _, c := range []struct {
		root, to string
		gets     []string // kinds of secrets
	}{
		{"https://corp.test/simple/", "https://corp.test/simple/alpha/", own},
		{"https://corp.test/simple/", "https://CORP.test:443/files/alpha.whl", own},
		{"https://corp.test:443/simple/", "https://corp.test./files/alpha.whl", []string{"password", "token", "auth.toml", "netrc default"}},
		{"https://corp.test/simple/", "http://corp.test/files/alpha.whl", nil},
		{"https://corp.test/simple/", "http://corp.test:443/files/alpha.whl", nil},
		{"https://corp.test/simple/", "https://corp.test:8443/files/alpha.whl", []string{"netrc"}},
		{"https://corp.test/simple/", "https://files.test/alpha.whl", []string{"netrc"}},
		{"https://corp.test/simple/", "http://files.test/alpha.whl", nil},
		{"https://corp.test/simple/", "https://sub.corp.test/alpha.whl", nil},
		{"https://corp.test/simple/", "https://corp.test.evil.test/alpha.whl", nil},
		{"https://corp.test/simple/", "https://corp.test@evil.test/alpha.whl", nil},
		{"https://corp.test/simple/", "https://evil.test/corp.test", nil},
		{"http://corp.test/simple/", "http://corp.test/files/alpha.whl", own},
		{"http://corp.test/simple/", "http://files.test/alpha.whl", nil},
		{"http://corp.test/simple/", "https://files.test/alpha.whl", []string{"netrc"}},
	} {
		for kind, env := range secrets {
			for _, login := range []string{"corp", ""} {
				cl, err := newClient(step.Index{Name: "corp", URL: c.root, Login: login}, withSecrets(env))
				if err != nil {
					t.Fatal(err)
				}
				req := httptest.NewRequest(http.MethodGet, c.to, nil)
				req.Header.Set("Authorization", "of the request before")
				req.Header.Set("Referer", "https://corp.test/?sig=s3cret")
				cl.authorize(req)
				got := req.Header.Get("Authorization") != ""
				want := login != "" && slices.Contains(c.gets, kind)
				if got != want {
					t.Errorf("%s of %s (login %q) at %s: sent %v, want %v", kind, c.root, login, c.to, got, want)
				}
				if req.Header.Get("Referer") != "" {
					t.Errorf("%s: the referrer is sent", c.to)
				}
			}
		}
	}
}

// A redirect to another port gets neither the login nor the address that it came from.
func TestRedirectTellsNothing(t *testing.T) {
	var seen http.Header
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		w.Write(alpha.Bytes())
	}))
	defer other.Close()
	x, i := serve(t, pindex.Options{Username: "me", Password: "hunter2"}, alpha)
	x.Fail(alphaFile, pindex.Fault{Redirect: other.URL + "/alpha.whl"})
	i.Login = "corp"
	_, err := fetch(t, i, locked(alpha), withSecrets(map[string]string{"POETRY_HTTP_BASIC_CORP_USERNAME": "me", "POETRY_HTTP_BASIC_CORP_PASSWORD": "hunter2"}))
	if err != nil {
		t.Fatal(err)
	}
	if seen == nil || seen.Get("Authorization") != "" || seen.Get("Referer") != "" || seen.Get("Cookie") != "" {
		t.Errorf("the other host was sent %v", seen)
	}
}

// No message has a login, a token or a signature, however the address was broken.
func TestMessagesHaveNoSecrets(t *testing.T) {
	for _, to := range []string{
		"https://me:s3cret@nowhere.invalid/x", "http://[::1%25:s3cret", "http://127.0.0.1:1/a.whl?X-Amz-Signature=s3cret",
		"https://me:s3cret@x:port/", "/%zz?sig=s3cret", "ftp://me:s3cret@host/x?sig=s3cret",
	} {
		x, i := serve(t, pindex.Options{}, alpha)
		x.Fail(alphaFile, pindex.Fault{Redirect: to})
		if _, err := fetch(t, i, locked(alpha), quick()); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", to, err)
		}
	}
}
