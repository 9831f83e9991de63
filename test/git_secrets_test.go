package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// tokens are secrets for git, each in its own way the one of w.
func tokens(w *gitWeb) map[string]map[string][]byte {
	return map[string]map[string][]byte{
		"for all hosts":            {"GIT_AUTH_TOKEN": []byte(hunter)},
		"for the host":             {"GIT_AUTH_TOKEN." + w.host(): []byte(hunter)},
		"a header for all hosts":   {"GIT_AUTH_HEADER": []byte(basic("x-access-token", hunter))},
		"a header for the host":    {"GIT_AUTH_HEADER." + w.host(): []byte(basic("x-access-token", hunter))},
		"all of them, and a netrc": {"GIT_AUTH_TOKEN": []byte(hunter), "GIT_AUTH_HEADER": []byte(basic("x-access-token", hunter)), "netrc": []byte(fmt.Sprintf("default login ci password %q\n", hunter))},
	}
}

// The repository decides where its submodules are. Their hosts, which pyproject.toml does
// not name, are asked without a login, those of a submodule's submodules too, and wherever
// they redirect to.
func TestSubmodulesGetNoToken(t *testing.T) {
	for name := range tokens(newGitWeb(t, "")) {
		t.Run(name, func(t *testing.T) {
			w, other, third := newGitWeb(t, basic("x-access-token", hunter)), newGitWeb(t, ""), newGitWeb(t, "")
			inner := newRepository(t, third.root, "group/inner.git")
			inner.commit(map[string]string{"inner.txt": unique(t)})
			sub := newRepository(t, other.root, "group/sub.git")
			sub.commit(map[string]string{"sub.txt": unique(t)})
			sub.submodule(third.URL+"/group/inner.git", inner, "inner")
			sub.commit(nil)
			back := newRepository(t, third.root, "group/back.git") // is asked for at a host that leads to it
			back.commit(map[string]string{"back.txt": unique(t)})
			leads := newRedirect(t, third.URL)

			r := newRepository(t, w.root, "group/omnibus.git")
			r.commit(library(t, "omnibus", "0.2.5"))
			r.submodule(other.URL+"/group/sub.git", sub, "sub")
			r.submodule(leads.URL+"/group/back.git", back, "back")
			source := gitSource{name: "omnibus", version: "0.2.5", url: w.URL + "/group/omnibus.git", reference: "main", commit: r.commit(nil)}
			p := newGitProject(t, "", source).write(t)
			o := build(t, gateway, request{dir: p.dir, noImage: true, secrets: tokens(w)[name]})
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			if !w.saw("asic ") {
				t.Error("the host itself was not sent the token: nothing is proven")
			}
			for host, s := range map[string]*gitWeb{"a submodule's": other, "its submodule's": third} {
				if len(s.logins()) == 0 || s.saw("asic ") || s.saw("earer ") {
					t.Errorf("%s host was sent %q", host, s.logins())
				}
			}
			if got := leads.logins(); len(got) == 0 || strings.Join(got, "") != "" {
				t.Errorf("the host that redirects was sent %q", got)
			}
		})
	}
}

// A submodule on the repository's own host is another repository: it gets no token either,
// and the hint does not ask for one.
func TestSubmoduleOfTheSameHost(t *testing.T) {
	w := newGitWeb(t, basic("x-access-token", hunter))
	sub := newRepository(t, w.root, "group/sub.git")
	sub.commit(map[string]string{"sub.txt": ""})
	r := newRepository(t, w.root, "group/omnibus.git")
	r.commit(library(t, "omnibus", "0.2.5"))
	r.submodule("../sub.git", sub, "sub")
	p := newGitProject(t, "", gitSource{name: "omnibus", version: "0.2.5", url: w.URL + "/group/omnibus.git", reference: "main", commit: r.commit(nil)}).write(t)
	o := build(t, gateway, request{dir: p.dir, noImage: true, secrets: map[string][]byte{"GIT_AUTH_TOKEN": []byte(hunter)}})
	fails(t, o, `>>> name = "omnibus"`, "with its submodules: the login is missing or was rejected", "submodules over HTTPS have to be public")
}

// A host that is sent a token can give it to another one, as it could anyway: git follows
// its redirect, and has the token with the second request. docs/security.md says so.
func TestRedirectOfGitTakesTheToken(t *testing.T) {
	w := newGitWeb(t, "")
	leads := newRedirect(t, w.URL)
	source := w.omnibus()
	source.url = leads.URL + "/group/omnibus.git"
	p := newGitProject(t, "", source).write(t)
	o := build(t, gateway, request{dir: p.dir, noImage: true, secrets: map[string][]byte{"GIT_AUTH_TOKEN": []byte(hunter)}})
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	if !w.saw("asic ") {
		t.Error("git does not pass the token on any more: docs/security.md can say so")
	}
}

// redirect is a server that sends everybody to another one.
type redirect struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string // Authorization headers
}

func newRedirect(t *testing.T, to string) *redirect {
	t.Helper()
	s := &redirect{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r.Header.Get("Authorization"))
		s.mu.Unlock()
		http.Redirect(w, r, to+r.URL.String(), http.StatusFound)
	}))
	s.Listener.Close()
	s.Listener = listenAt(t)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// logins returns the login of each request, "" for none.
func (s *redirect) logins() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.seen...)
}
