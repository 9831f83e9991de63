package test

import (
	"crypto/tls"
	"crypto/x509"
	"maps"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// gitWeb is a git server over HTTP: git's own backend, behind a login.
type gitWeb struct {
	*httptest.Server
	t     *testing.T
	root  string
	login string // the Authorization header that it wants, "" for none

	mu   sync.Mutex
	seen map[string]bool // Authorization headers that came
}

func newGitWeb(t *testing.T, login string) *gitWeb {
	t.Helper()
	w := unstartedGitWeb(t, login)
	w.Start()
	return w
}

// newGitWebTLS has a certificate of an authority.
func newGitWebTLS(t *testing.T, a authority, login string) *gitWeb {
	t.Helper()
	w := unstartedGitWeb(t, login)
	cert, key := a.sign(&x509.Certificate{IPAddresses: []net.IP{w.Listener.Addr().(*net.TCPAddr).IP}}, a.cert, a.key)
	w.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
	w.Config.ErrorLog = discard
	w.StartTLS()
	return w
}

func unstartedGitWeb(t *testing.T, login string) *gitWeb {
	t.Helper()
	variable(t, "QUATRAIN_SSHD") // git is there
	w := &gitWeb{t: t, root: t.TempDir(), login: login, seen: map[string]bool{}}
	w.Server = httptest.NewUnstartedServer(w)
	w.Listener.Close()
	l, err := net.Listen("tcp4", net.JoinHostPort(loopback(t), "0"))
	must(t, err)
	w.Listener = l
	t.Cleanup(w.Close)
	return w
}

// ServeHTTP lets who knows the login talk to git-http-backend.
func (w *gitWeb) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	login := r.Header.Get("Authorization")
	w.mu.Lock()
	w.seen[login] = true
	w.mu.Unlock()
	if w.login != "" && login != w.login {
		rw.Header().Set("WWW-Authenticate", `Basic realm="git"`)
		http.Error(rw, "who are you?", http.StatusUnauthorized)
		return
	}
	backend := cgi.Handler{
		Path: "/usr/lib/git-core/git-http-backend",
		Env:  []string{"GIT_PROJECT_ROOT=" + w.root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_PROTOCOL=" + r.Header.Get("Git-Protocol")},
	}
	backend.ServeHTTP(rw, r)
}

// host is what a secret for this host only is named after.
func (w *gitWeb) host() string { return w.Listener.Addr().String() }

// saw says whether a text was in a login that came.
func (w *gitWeb) saw(text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for login := range w.seen {
		if strings.Contains(login, text) {
			return true
		}
	}
	return false
}

// logins returns the different logins that came, "" among them for requests without.
func (w *gitWeb) logins() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.seen))
}

// omnibus is a repository of it with one library.
func (w *gitWeb) omnibus() gitSource {
	w.t.Helper()
	commit := newRepository(w.t, w.root, "group/omnibus.git").commit(library(w.t, "omnibus", "0.2.5"))
	return gitSource{name: "omnibus", version: "0.2.5", url: w.URL + "/group/omnibus.git", reference: "main", commit: commit}
}
