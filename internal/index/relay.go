package index

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Relay lets another program, pip, ask some indexes with the client's logins,
// certificates, proxies and patience, and without knowing any of them. It serves the
// pages of packages on these indexes, and the files that such a page has named. Nobody
// can guess its addresses.
type Relay struct {
	o      Options
	server *http.Server
	root   string // "http://127.0.0.1:PORT"
	key    string // the first element of every path

	mu      sync.Mutex
	clients []*client
	files   []relayed
	problem *step.Problem // the first that was not a missing page or file
	page    *step.Problem // the first with a page that may have said something
}

// relayed is a file that a page has named: all of it that the relay fetches.
type relayed struct {
	from    *client
	address string
	name    string
}

// StartRelay starts a relay for a step, on the loopback interface. Close ends it.
func StartRelay() (*Relay, error) { return StartRelayWith(inStep()) }

// StartRelayWith is StartRelay in given surroundings.
func StartRelayWith(o Options) (*Relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("relay of the indexes: %w", err)
	}
	r := &Relay{o: o, root: "http://" + l.Addr().String(), key: rand.Text()}
	r.server = &http.Server{Handler: r}
	go r.server.Serve(l)
	return r, nil
}

// Close ends the relay and all requests to it.
func (r *Relay) Close() error { return r.server.Close() }

// Add returns the address of an index's simple API at the relay.
func (r *Relay) Add(index step.Index) (string, error) {
	c, err := newClient(index, r.o)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clients = append(r.clients, c)
	return fmt.Sprintf("%s/%s/%d/simple/", r.root, r.key, len(r.clients)-1), nil
}

// Problem returns what went wrong with an index, nil for nothing.
func (r *Relay) Problem() *step.Problem {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.problem
}

// Unanswered returns why an index did not say whether it has a package, nil for nothing.
// pip takes such an index for one that does not have it.
func (r *Relay) Unanswered() *step.Problem {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.page
}

// ServeHTTP answers /<key>/<index>/simple/<package>/ and /<key>/file/<number>/<name>.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	if len(parts) != 4 || subtle.ConstantTimeCompare([]byte(parts[0]), []byte(r.key)) == 0 {
		http.NotFound(w, req)
		return
	}
	var err error
	if c := r.client(parts[1]); c != nil && parts[2] == "simple" && plain(parts[3]) {
		err = r.servePage(req.Context(), w, c, parts[3])
		r.notePage(err)
	} else if f, ok := r.file(parts[2], parts[3]); ok && parts[1] == "file" {
		err = f.serve(req.Context(), w)
	} else {
		http.NotFound(w, req)
	}
	if err != nil {
		r.fail(w, err)
	}
}

// client returns the index of a path's element, nil for none.
func (r *Relay) client(number string) *client {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i, err := strconv.Atoi(number); err == nil && i >= 0 && i < len(r.clients) {
		return r.clients[i]
	}
	return nil
}

// file returns the file of a path's last elements. The metadata of a wheel is beside it
// (PEP 658).
func (r *Relay) file(number, name string) (relayed, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= len(r.files) {
		return relayed{}, false
	}
	f := r.files[i]
	if name == f.name+".metadata" && strings.HasSuffix(f.name, ".whl") {
		before, query, found := strings.Cut(f.address, "?")
		if f.address = before + ".metadata"; found {
			f.address += "?" + query
		}
		return f, true
	}
	return f, name == f.name
}

// notePage notes a page that should have come. Some indexes refuse names that they do not
// have: a refusal says so.
func (r *Relay) notePage(err error) {
	var p *step.Problem
	if missing(err) || unauthorized(err) || !errors.As(err, &p) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.page == nil {
		r.page = p
	}
}

// begun is an error after which the rest of an answer is missing.
type begun struct{ error }

func (b begun) Unwrap() error { return b.error }

// fail answers in a way that makes pip neither try again nor ask for a password: the
// client has tried, and the caller reports the problem. An answer that has begun is cut
// off, so that it cannot be taken for a whole one.
func (r *Relay) fail(w http.ResponseWriter, err error) {
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
	if errors.As(err, new(begun)) {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
}

// servePage passes a page on, with the relay's addresses in place of the index's.
func (r *Relay) servePage(ctx context.Context, w http.ResponseWriter, c *client, name string) error {
	return c.get(ctx, c.pageRequest(name), func(resp *http.Response) error {
		data, err := readPage(resp)
		if err != nil {
			return err
		}
		at := resp.Request.URL
		data, err = readdress(at, resp.Header.Get("Content-Type"), data, func(address string) string { return r.handOut(c, at, address) })
		if err != nil {
			return c.unreadable(name, err)
		}
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		_, err = w.Write(data)
		return err
	})
}

// handOut returns the relay's address of a file that a page names. Nothing else that a
// page may point to, such as a file of this step, is of use: it becomes an address that
// the relay does not serve.
func (r *Relay) handOut(c *client, page *url.URL, address string) string {
	l, u, ok := newLink(page, address)
	if !ok || !plain(path.Base(u.Path)) {
		return r.root + "/"
	}
	name := path.Base(u.Path)
	r.mu.Lock()
	r.files = append(r.files, relayed{c, l.url, name})
	to := fmt.Sprintf("%s/%s/file/%d/%s", r.root, r.key, len(r.files)-1, url.PathEscape(name))
	r.mu.Unlock()
	if u.Fragment != "" {
		to += "#" + u.EscapedFragment()
	}
	return to
}

func (f relayed) serve(ctx context.Context, w http.ResponseWriter) error {
	return f.from.get(ctx, request{address: f.address, identity: true}, func(resp *http.Response) error {
		w.Header().Set("Content-Type", "application/octet-stream")
		if resp.ContentLength >= 0 {
			w.Header().Set("Content-Length", strconv.FormatInt(resp.ContentLength, 10))
		}
		if n, err := io.Copy(w, resp.Body); err != nil {
			return begun{f.from.broken(f.address, brokenOff(resp, n, err))}
		}
		return nil
	})
}
