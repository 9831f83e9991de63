package index

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

func fetch(t *testing.T, index step.Index, files []step.File, o Options) (string, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	return out, FetchWith(t.Context(), step.Fetch{Index: index, Files: files, Out: out}, o)
}

func TestFetch(t *testing.T) {
	_, index := serve(t, pindex.Options{}, alpha, beta, gamma)
	out, err := fetch(t, index, locked(alpha, beta, gamma), quick())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []pindex.Dist{alpha, beta, gamma} {
		name := filepath.Join(out, pindex.SHA256(d), d.Filename())
		data, err := os.ReadFile(name)
		if err != nil || string(data) != string(d.Bytes()) {
			t.Errorf("%s: %v", d.Filename(), err)
			continue
		}
		for _, n := range []string{name, filepath.Dir(name)} {
			info, _ := os.Stat(n)
			if !info.ModTime().Equal(fileTime) || !info.IsDir() && info.Mode() != 0o644 {
				t.Errorf("%s: %v %v", n, info.ModTime(), info.Mode())
			}
		}
		if entries, _ := os.ReadDir(filepath.Dir(name)); len(entries) != 1 {
			t.Errorf("%v", entries)
		}
	}
}

func TestFetchProblems(t *testing.T) {
	for name, c := range map[string]struct {
		fault pindex.Fault
		asks  int
		kind  step.Kind
		says  string
	}{
		"other bytes":      {pindex.Fault{Body: otherBytesOf(alpha)}, 2, step.HashMismatch, "the lock says sha256:" + pindex.SHA256(alpha)},
		"too short":        {pindex.Fault{Body: []byte("PK")}, 3, step.Unreachable, "was cut off after 2 of "},
		"gone":             {pindex.Fault{Status: 404}, 1, step.NotFound, "404 Not Found"},
		"forbidden":        {pindex.Fault{Status: 403}, 1, step.Unauthorized, "403 Forbidden"},
		"down":             {pindex.Fault{Status: 503}, 3, step.Unreachable, "503 Service Unavailable"},
		"down for a while": {pindex.Fault{Status: 503, Times: 2}, 3, "", ""},
		"breaks off":       {pindex.Fault{Truncate: true}, 3, step.Unreachable, "was cut off after "},
		"breaks off once":  {pindex.Fault{Truncate: true, Times: 1}, 2, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			x, index := serve(t, pindex.Options{}, alpha, beta)
			x.Fail(alphaFile, c.fault)
			out, err := fetch(t, index, locked(alpha, beta), quick())
			var kind step.Kind
			for _, p := range problems(t, err) {
				if kind = p.Kind; !strings.Contains(p.Message, c.says) || p.Package != "alpha" || p.File != alpha.Filename() {
					t.Errorf("%+v", p)
				}
			}
			if kind != c.kind || x.Count(alphaFile) != c.asks {
				t.Errorf("%q after %d requests, want %q after %d: %v", kind, x.Count(alphaFile), c.kind, c.asks, err)
			}
			if _, err := os.Stat(filepath.Join(out, pindex.SHA256(alpha))); (err == nil) != (c.kind == "") {
				t.Errorf("a file that failed must leave nothing: %v", err)
			}
		})
	}
}

// otherBytesOf returns a file of the same size.
func otherBytesOf(d pindex.Dist) []byte {
	data := bytes.Clone(d.Bytes())
	data[len(data)/2] ^= 1
	return data
}

func TestStall(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer s.Close()
	o := quick()
	o.Tries, o.Stall = 1, 50*time.Millisecond
	_, err := locate(t, step.Index{Login: "corp", Name: "corp", URL: s.URL}, locked(alpha), o)
	if p := problems(t, err); len(p) != 1 || p[0].Kind != step.Unreachable || !strings.Contains(p[0].Message, "brought no data for 50ms") {
		t.Errorf("%+v", p)
	}
}

// A connection that hangs is left: the second try has one of its own.
func TestHungConnection(t *testing.T) {
	x := pindex.New(pindex.Options{}, alpha)
	var hung atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 {
			hung.Add(1)
			<-r.Context().Done()
			return
		}
		x.ServeHTTP(w, r)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	o := quick()
	o.Answer, o.CA = 50*time.Millisecond, filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(o.CA, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := fetch(t, step.Index{Login: "corp", Name: "corp", URL: s.URL + "/simple/"}, locked(alpha), o); err != nil {
		t.Error(err)
	}
	if hung.Load() != 2 { // the page and the file
		t.Errorf("%d requests hung, want 2", hung.Load())
	}
}

func TestCancel(t *testing.T) {
	_, index := serve(t, pindex.Options{Latency: time.Minute}, alpha)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := LocateWith(ctx, step.Locate{Index: index, Files: locked(alpha), Out: t.TempDir()}, quick())
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestLogin(t *testing.T) {
	env := map[string]string{"POETRY_HTTP_BASIC_MY_CORP_EU_USERNAME": "me", "POETRY_HTTP_BASIC_MY_CORP_EU_PASSWORD": "hunter2"}
	with := func(env map[string]string) Options {
		o := quick()
		o.Getenv = func(key string) (string, bool) { v, ok := env[key]; return v, ok }
		return o
	}
	_, index := serve(t, pindex.Options{Username: "me", Password: "hunter2"}, alpha)
	if _, err := fetch(t, index, locked(alpha), with(env)); err != nil {
		t.Error(err)
	}
	inURL := step.Index{Login: "other", Name: "other", URL: strings.Replace(index.URL, "://", "://me:hunter2@", 1)}
	found, err := locate(t, inURL, locked(alpha), with(env))
	if err != nil || strings.Contains(found[0].URL, "hunter2") {
		t.Error(err, found)
	}
	for want, env := range map[string]map[string]string{
		"Pass the login as build secrets: --secret id=POETRY_HTTP_BASIC_MY_CORP_EU_USERNAME":                                      nil,
		"The login from the secrets POETRY_HTTP_BASIC_MY_CORP_EU_USERNAME and POETRY_HTTP_BASIC_MY_CORP_EU_PASSWORD was rejected": {"POETRY_HTTP_BASIC_MY_CORP_EU_USERNAME": "me", "POETRY_HTTP_BASIC_MY_CORP_EU_PASSWORD": "hunter22"},
	} {
		_, err := locate(t, index, locked(alpha), with(env))
		if p := problems(t, err); len(p) != 1 || p[0].Kind != step.Unauthorized || !strings.Contains(p[0].Hint, want) {
			t.Errorf("%+v", p)
		}
	}
}

// The login goes to the index's own host and port alone, redirects included.
func TestLoginStaysHome(t *testing.T) {
	got := map[string]string{}
	elsewhere := pindex.New(pindex.Options{}, alpha)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got[r.URL.Path] = r.Header.Get("Authorization")
		elsewhere.ServeHTTP(w, r)
	}))
	defer other.Close()
	x, index := serve(t, pindex.Options{Username: "me", Password: "hunter2"}, alpha)
	x.Fail(alphaPage, pindex.Fault{Redirect: other.URL + alphaPage})
	index.URL = strings.Replace(index.URL, "://", "://me:hunter2@", 1)
	if _, err := fetch(t, index, locked(alpha), quick()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{alphaPage: "", alphaFile: ""}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAuthorize(t *testing.T) {
	c := &client{root: &url.URL{Scheme: "https", Host: "pypi.corp"}, login: login{user: url.UserPassword("me", "hunter2")}}
	for address, want := range map[string]bool{
		"https://pypi.corp/x": true, "https://PYPI.corp:443/x": true, "http://pypi.corp/x": false,
		"https://pypi.corp:8443/x": false, "https://files.pypi.corp/x": false, "https://corp/x": false,
	} {
		req := httptest.NewRequest(http.MethodGet, address, nil)
		req.Header.Set("Authorization", "Basic old")
		c.authorize(req, true)
		if _, _, got := req.BasicAuth(); got != want || !want && req.Header.Get("Authorization") != "" {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}
