package test

import (
	"encoding/base64"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

var discard = log.New(io.Discard, "", 0)

// proxy is a company's: it wants a login, and knows a name that nobody else does.
type proxy struct {
	*httptest.Server
	login  string       // user:password
	name   string       // packages.test
	target string       // the host and port that stands for it
	passed atomic.Int32 // requests and tunnels
}

func newProxy(t *testing.T, login, name string, x *index) *proxy {
	t.Helper()
	p := &proxy{login: login, name: name, target: x.Listener.Addr().String()}
	p.Server = httptest.NewUnstartedServer(p)
	p.Listener.Close()
	p.Listener = listen(t)
	p.Start()
	t.Cleanup(p.Close)
	return p
}

// address is what goes into HTTP_PROXY.
func (p *proxy) address() string { return "http://" + p.login + "@" + p.Listener.Addr().String() }

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte(p.login)) {
		http.Error(w, "who are you?", http.StatusProxyAuthRequired)
		return
	}
	host := r.URL.Hostname()
	if r.Method == http.MethodConnect {
		host, _, _ = net.SplitHostPort(r.Host)
	}
	if host != p.name {
		http.Error(w, "not through me", http.StatusForbidden)
		return
	}
	p.passed.Add(1)
	if r.Method == http.MethodConnect {
		p.tunnel(w)
		return
	}
	(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Host = p.target }}).ServeHTTP(w, r)
}

func (p *proxy) tunnel(w http.ResponseWriter) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer server.Close()
	w.WriteHeader(http.StatusOK)
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	go io.Copy(server, buffered)
	io.Copy(client, server)
}

// Who needs no proxy for any host says so, and pip still goes through the relay, which
// is one to it.
func TestSdistWithoutProxies(t *testing.T) {
	p := newGitProject(t, "")
	p.index.Add(pindex.Wheel{Name: "buildtool", Version: "1.5", Files: map[string]string{"buildtool.py": "version = '1.5'\n"}})
	p.addFiles(t, unseen(t, "told", told))
	p.write(t)
	o := build(t, inProcess, request{dir: p.dir, opts: map[string]string{"build-arg:NO_PROXY": "localhost,*"}})
	if o.err != nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	if f := o.image.files[site+"told.py"]; f == nil || !strings.Contains(string(f.data), "tool = '1.5'") {
		t.Error("told.py was not built with its tool")
	}
}
