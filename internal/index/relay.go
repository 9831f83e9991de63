package index

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"path"
	"strings"
	"sync"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Relay lets another program, pip, ask indexes with the client's logins,
// certificates, proxies and patience, and without knowing any of them. It is an HTTP
// proxy: the addresses that it makes up do not depend on its port, so that the
// program's cache holds.
type Relay struct {
	o       Options
	others  http.Handler
	mu      sync.Mutex
	clients map[string]*client // by the first element of paths
	problem *step.Problem      // the first that was not a file that is not there
}

// RelayHost is the host of the relay's addresses. Nothing resolves it.
const RelayHost = "quatrain"

// NewRelay is a relay without indexes.
func NewRelay(o Options) *Relay {
	return &Relay{o: o, clients: map[string]*client{}, others: &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}}}
}

// RelayInStep is a relay as things stand inside a step.
func RelayInStep() *Relay { return NewRelay(inStep()) }

// Address is that of an index's simple API at the relay.
func (r *Relay) Address(index step.Index) (string, error) {
	c, err := newClient(index, r.o)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(c.root.String()))
	id := hex.EncodeToString(sum[:8])
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clients[id] = c
	return "http://" + RelayHost + "/" + id + "/simple/", nil
}

// Problem is what went wrong with an index, nil for nothing.
func (r *Relay) Problem() *step.Problem {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.problem
}

// ServeHTTP answers /<index>/simple/<package>/ and /<index>/files/<address>/<name>.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Host != RelayHost {
		r.others.ServeHTTP(w, req)
		return
	}
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	r.mu.Lock()
	c := r.clients[parts[0]]
	r.mu.Unlock()
	var err error
	switch {
	case c != nil && len(parts) == 3 && parts[1] == "simple" && plain(parts[2]):
		err = c.relayPage(req.Context(), w, parts[2], "/"+parts[0]+"/files/")
	case c != nil && len(parts) == 4 && parts[1] == "files":
		err = c.relayFile(req.Context(), w, parts[2], parts[3])
	default:
		http.NotFound(w, req)
	}
	if err != nil {
		r.failed(w, err)
	}
}

// failed answers so that pip neither tries again nor asks for a password: the client
// has tried, and the problem is said by who has it.
func (r *Relay) failed(w http.ResponseWriter, err error) {
	status := http.StatusForbidden
	var p *step.Problem
	if missing(err) {
		status = http.StatusNotFound
	} else if errors.As(err, &p) {
		r.mu.Lock()
		if r.problem == nil {
			r.problem = p
		}
		r.mu.Unlock()
	}
	w.WriteHeader(status) // of an answer that has begun it is ignored
}

// relayPage hands a page on, its addresses replaced by the relay's.
func (c *client) relayPage(ctx context.Context, w http.ResponseWriter, name, files string) error {
	return c.get(ctx, c.pageRequest(name), func(resp *http.Response) error {
		data, err := readPage(resp)
		if err != nil {
			return err
		}
		at := resp.Request.URL
		data, err = readdress(at, resp.Header.Get("Content-Type"), data, func(address string) string {
			l, u, ok := newLink(at, address)
			if !ok {
				return address
			}
			to := files + base64.RawURLEncoding.EncodeToString([]byte(l.url)) + "/" + path.Base(u.EscapedPath())
			if u.Fragment != "" {
				to += "#" + u.EscapedFragment()
			}
			return to
		})
		if err != nil {
			return c.unreadable(name, err)
		}
		passHeaders(w, resp)
		_, err = w.Write(data)
		return err
	})
}

// relayFile hands a file on. The metadata of a wheel stands beside it (PEP 658).
func (c *client) relayFile(ctx context.Context, w http.ResponseWriter, encoded, name string) error {
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return &step.Problem{Kind: step.NotFound}
	}
	address := string(raw)
	if strings.HasSuffix(name, ".whl.metadata") {
		before, query, found := strings.Cut(address, "?")
		if address = before + ".metadata"; found {
			address += "?" + query
		}
	}
	return c.get(ctx, request{address: address, identity: true}, func(resp *http.Response) error {
		passHeaders(w, resp)
		if resp.ContentLength >= 0 {
			w.Header()["Content-Length"] = resp.Header["Content-Length"]
		}
		if _, err := io.Copy(w, resp.Body); err != nil { // begun: it cannot be asked for again
			return &step.Problem{Kind: step.Unreachable, Message: c.broken(address, err).Error()}
		}
		return nil
	})
}

func passHeaders(w http.ResponseWriter, resp *http.Response) {
	for _, name := range []string{"Content-Type", "Cache-Control", "Etag", "Last-Modified", "Date", "Expires"} {
		if v := resp.Header.Values(name); len(v) > 0 {
			w.Header()[name] = v
		}
	}
}
