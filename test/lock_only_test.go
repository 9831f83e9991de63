package test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// stranger is a server that no pyproject.toml names. It notes every login it is sent.
type stranger struct {
	*httptest.Server
	mu     sync.Mutex
	asked  int
	logins []string
}

func newStranger(t *testing.T, files map[string][]byte) *stranger {
	t.Helper()
	s := &stranger{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked++
		if login := r.Header.Get("Authorization"); login != "" {
			s.logins = append(s.logins, login)
		}
		s.mu.Unlock()
		if data, ok := files[r.URL.Path]; ok {
			w.Write(data)
			return
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="give it to me"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
	}))
	s.Listener.Close()
	s.Listener = listen(t)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// told fails the test if a login came, or nobody asked.
func (s *stranger) told(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked == 0 {
		t.Error("the stranger was not asked: nothing is proven")
	}
	if len(s.logins) > 0 {
		t.Errorf("the stranger was sent %q", s.logins)
	}
}

// Who changes poetry.lock alone, which nobody reads in a review, learns no secret: neither
// that of a source, by a package of its name, nor that of all git hosts.
func TestLockOnlyGetsNoLogin(t *testing.T) {
	secrets := map[string][]byte{
		"POETRY_HTTP_BASIC_COMPANY_USERNAME": []byte("ci"), "POETRY_HTTP_BASIC_COMPANY_PASSWORD": []byte(hunter),
		"POETRY_HTTP_BEARER_COMPANY_TOKEN": []byte(hunter),
		"auth.toml":                        []byte("[http-basic.company]\nusername = \"ci\"\npassword = \"" + hunter + "\"\n"),
		"netrc":                            []byte(fmt.Sprintf("default login ci password %q\n", hunter)),
		"GIT_AUTH_TOKEN":                   []byte(hunter), "GIT_AUTH_HEADER": []byte("Bearer " + hunter),
	}
	maps.Copy(secrets, machineCA(t))
	toml := plainProject + "\n[[tool.poetry.source]]\nname = \"company\"\nurl = \"https://packages.company.test/simple/\"\npriority = \"explicit\"\n"
	for _, m := range []mode{gateway, buildx} {
		t.Run("url/"+string(m), func(t *testing.T) {
			wheel := func() pindex.Wheel {
				return pindex.Wheel{Name: "company", Version: "1.0", Files: map[string]string{"company.py": fmt.Sprintf("only = %q\n", unique(t))}}
			}
			open := wheel()
			s := newStranger(t, map[string][]byte{"/open/" + open.Filename(): open.Bytes()})
			for path, works := range map[string]bool{"/open/": true, "/closed/": false} {
				w := open
				if !works {
					w = wheel()
				}
				p := newGitProject(t, "")
				p.toml = toml
				p.locks = append(p.locks, locked{entry: fileEntry(w, "1.0", "url", s.URL+path+w.Filename(), pindex.SHA256(w))})
				o := build(t, m, request{dir: p.write(t).dir, secrets: secrets, noImage: true})
				if works && o.err != nil {
					t.Errorf("%s\n%s", printed(o.err), o.log)
				}
				if !works {
					fails(t, o, `>>> name = "company"`, "Only poetry.lock has this address, so it gets no login.")
				}
			}
			s.told(t)
		})
		t.Run("git/"+string(m), func(t *testing.T) {
			s := newStranger(t, nil)
			g := gitSource{name: "company", version: "1.0", url: s.URL + "/group/company.git", reference: "main", commit: strings.Repeat("ab", 20)}
			p := newGitProject(t, "")
			p.toml = toml
			p.locks = append(p.locks, locked{entry: g.entry()})
			fails(t, build(t, m, request{dir: p.write(t).dir, secrets: secrets, noImage: true}), `>>> name = "company"`, "the login is missing or was rejected")
			s.told(t)
		})
	}
}
