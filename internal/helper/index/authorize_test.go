package index

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// Which request gets which login: that of a source goes to its scheme, host and port,
// netrc's to those of the project's sources.
func TestAuthorizeMatrix(t *testing.T) {
	secrets := map[string]map[string]string{
		"password":      {"POETRY_HTTP_BASIC_CORP_USERNAME": "me", "POETRY_HTTP_BASIC_CORP_PASSWORD": "pw"},
		"token":         {"POETRY_HTTP_BEARER_CORP_TOKEN": "pw"},
		"auth.toml":     {"QUATRAIN_AUTH_TOML": "[http-basic.corp]\nusername = \"me\"\npassword = \"pw\"\n"},
		"netrc":         {"QUATRAIN_NETRC": "machine corp.test login me password pw\nmachine files.test login me password other\nmachine named.test login me password third\n"},
		"netrc default": {"QUATRAIN_NETRC": "default login me password pw\n"},
	}
	own := []string{"password", "token", "auth.toml", "netrc", "netrc default"}
	byHost := []string{"netrc", "netrc default"}
	const others = "https://corp.test/team/simple/ https://corp.test/a/simple/nested/ https://corp.test/a/ https://named.test/simple/"
	for _, c := range []struct {
		root, to string
		foreign  bool     // only another host has led there
		gets     []string // kinds of secrets
	}{
		{"https://corp.test/a/simple/", "https://corp.test/a/simple/alpha/", false, own},
		{"https://corp.test/a/simple/", "https://corp.test/a/simple/alpha/", true, own},
		{"https://corp.test/a/simple/", "https://CORP.test:443/files/alpha.whl", false, own},
		{"https://corp.test/a/simple/", "https://corp.test/files/alpha.whl", true, nil},
		{"https://corp.test/a/simple/", "https://corp.test/a/simple/..%2f..%2fapi", true, nil},
		{"https://corp.test/a/simple/", "https://corp.test/a/simple/%252e%252e/api", true, nil},
		{"https://corp.test:443/a/simple/", "https://corp.test./files/alpha.whl", false, []string{"password", "token", "auth.toml", "netrc default"}},

		// Of two sources on a host the one with the longer path counts.
		{"https://corp.test/a/simple/", "https://corp.test/team/simple/alpha.whl", false, byHost},
		{"https://corp.test/a/simple/", "https://corp.test/team/simple", false, byHost},
		{"https://corp.test/a/simple/", "https://corp.test/team/simplex/alpha.whl", false, own},
		{"https://corp.test/a/simple/", "https://corp.test/a/simple/nested/alpha.whl", false, byHost},
		{"https://corp.test/a/simple/", "https://corp.test/a/files/alpha.whl", false, byHost},
		{"https://corp.test/a/simple/", "https://corp.test/x/../team/simple/alpha.whl", false, byHost},
		{"https://corp.test/a/simple/", "https://corp.test/x/%2e%2e/team/simple/alpha.whl", false, byHost},
		{"https://corp.test/a/simple/", "https://corp.test/x/..%2fteam/simple/alpha.whl", false, byHost},
		{"https://corp.test/a/simple/", "https://corp.test/x/..%252fteam%2Fsimple/alpha.whl", false, byHost},
		{"https://corp.test/a/simple/", "https://corp.test/x/..;y/team/simple/alpha.whl", false, byHost},
		{"https://corp.test/a/simple/", "https://corp.test//team//simple/alpha.whl", false, byHost},
		{"https://corp.test/a/simple/", "https://corp.test/Team;v=1/simple/alpha.whl", false, byHost},

		{"https://corp.test/a/simple/", "http://corp.test/a/simple/alpha.whl", false, nil},
		{"https://corp.test/a/simple/", "http://corp.test:443/files/alpha.whl", false, nil},
		{"https://corp.test/a/simple/", "https://corp.test:8443/files/alpha.whl", false, nil},
		{"https://corp.test/a/simple/", "https://files.test/alpha.whl", false, nil},
		{"https://corp.test/a/simple/", "http://files.test/alpha.whl", false, nil},
		{"https://corp.test/a/simple/", "https://named.test/files/alpha.whl", false, byHost},
		{"https://corp.test/a/simple/", "https://named.test/files/alpha.whl", true, nil},
		{"https://corp.test/a/simple/", "http://named.test/simple/alpha.whl", false, nil},
		{"https://corp.test/a/simple/", "https://named.test:8443/simple/alpha.whl", false, nil},
		{"https://corp.test/a/simple/", "https://sub.corp.test/alpha.whl", false, nil},
		{"https://corp.test/a/simple/", "https://corp.test.evil.test/alpha.whl", false, nil},
		{"https://corp.test/a/simple/", "https://corp.test@evil.test/alpha.whl", false, nil},
		{"https://corp.test/a/simple/", "https://evil.test/corp.test", false, nil},
		{"http://corp.test/simple/", "http://corp.test/files/alpha.whl", false, own},
		{"http://corp.test:8080/simple/", "http://corp.test:8080/files/alpha.whl", false, own},
		{"http://corp.test/simple/", "http://corp.test:8080/files/alpha.whl", false, nil},
		{"http://corp.test/simple/", "http://files.test/alpha.whl", false, nil},
		{"https://[::1]/simple/", "https://[::1]:443/files/alpha.whl", false, []string{"password", "token", "auth.toml", "netrc default"}},
	} {
		for kind, env := range secrets {
			for _, login := range []string{"corp", ""} {
				index := step.Index{Name: "corp", URL: c.root, Login: login}
				if login != "" {
					index.Others = others
				}
				cl, err := newClient(index, withSecrets(env))
				if err != nil {
					t.Fatal(err)
				}
				req := httptest.NewRequest(http.MethodGet, c.to, nil)
				req.Header.Set("Authorization", "of the request before")
				req.Header.Set("Referer", "https://corp.test/?sig=s3cret")
				cl.authorize(req, !c.foreign)
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

// Real servers: where a file's address and its redirects lead, by what gets the login.
func TestLoginOnRedirects(t *testing.T) {
	type server struct {
		*httptest.Server
		told map[string]string // path → Authorization
	}
	start := func(tls bool) *server {
		s := &server{told: map[string]string{}}
		s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.told[r.URL.Path] = r.Header.Get("Authorization")
			if to := r.URL.Query().Get("to"); to != "" {
				w.Header().Set("Location", to)
				w.WriteHeader(http.StatusTemporaryRedirect)
				return
			}
			w.Write(alpha.Bytes())
		}))
		if tls {
			s.StartTLS()
		} else {
			s.Start()
		}
		t.Cleanup(s.Close)
		return s
	}
	for name, c := range map[string]struct {
		path []string // "own/…", "other/…" or "plain/…", each redirects to the next
		told bool     // whether the last gets the login
	}{
		"below":                           {[]string{"own/a/simple/alpha.whl"}, true},
		"beside":                          {[]string{"own/files/alpha.whl"}, true},
		"another source":                  {[]string{"own/b/simple/alpha.whl"}, false},
		"stays":                           {[]string{"own/a/simple/1", "own/files/2"}, true},
		"to another source":               {[]string{"own/a/simple/1", "own/b/simple/2"}, false},
		"to another source and back":      {[]string{"own/a/simple/1", "own/b/simple/2", "own/files/3"}, false},
		"to another port":                 {[]string{"own/a/simple/1", "other/a/simple/2"}, false},
		"to plain http":                   {[]string{"own/a/simple/1", "plain/a/simple/2"}, false},
		"away, and back to any place":     {[]string{"own/a/simple/1", "other/2", "own/api/3"}, false},
		"away, and back below":            {[]string{"own/a/simple/1", "other/2", "own/a/simple/3"}, true},
		"away, and back by a twisted way": {[]string{"own/a/simple/1", "other/2", "own/a/simple/..%2f..%2fapi"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			servers := map[string]*server{"own": start(true), "other": start(true), "plain": start(false)}
			at := ""
			for i := len(c.path) - 1; i >= 0; i-- {
				who, path, _ := strings.Cut(c.path[i], "/")
				next := servers[who].URL + "/" + path
				if at != "" {
					next += "?to=" + url.QueryEscape(at)
				}
				at = next
			}
			own := servers["own"].URL
			o := withSecrets(map[string]string{"POETRY_HTTP_BASIC_CORP_USERNAME": "me", "POETRY_HTTP_BASIC_CORP_PASSWORD": "pw"})
			o.Bundle = filepath.Join(t.TempDir(), "ca.pem")
			if err := os.WriteFile(o.Bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: servers["own"].Certificate().Raw}), 0o644); err != nil {
				t.Fatal(err)
			}
			files := locked(alpha)
			files[0].URL = at
			if _, err := fetch(t, step.Index{Name: "corp", Login: "corp", URL: own + "/a/simple/", Others: own + "/b/simple/"}, files, o); err != nil {
				t.Fatal(err)
			}
			who, path, _ := strings.Cut(c.path[len(c.path)-1], "/")
			plain, _ := url.PathUnescape(path)
			if login, asked := servers[who].told["/"+plain]; !asked || (login != "") != c.told {
				t.Errorf("asked %v, sent %q, want a login %v", asked, login, c.told)
			}
		})
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
