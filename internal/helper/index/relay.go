package index

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/quatrain-build/quatrain/internal/crash"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Relay lets another program, pip, ask some indexes with the client's logins,
// certificates, proxies and patience, and without knowing any of them. It serves the
// pages of packages on these indexes, and the files that such a page has named, each of
// which it downloads whole before it serves a byte of it. Nobody can guess its addresses.
type Relay struct {
	o      Options
	server *http.Server
	root   string        // "http://127.0.0.1:PORT"
	key    string        // the first element of every path
	dir    string        // of the file that is on its way
	pulse  time.Duration // how often a client that waits for a file gets a sign of life

	serving sync.RWMutex // held by each answer
	disk    sync.Mutex   // held by the one file that is on disk

	mu      sync.Mutex
	clients []*client
	files   []relayed
	problem *step.Problem // the first that was not a missing page or file
	page    *step.Problem // the first with a page that may have said something
}

// relayed is a file that a page has named: all of it that the relay fetches.
type relayed struct {
	named
	from *client
	name string
}

// StartRelay starts a relay for a step, on the loopback interface, which keeps what it
// downloads in a private folder below dir. Close ends it and removes the folder.
func StartRelay(dir string) (*Relay, error) { return StartRelayWith(dir, inStep()) }

// pulse is shorter than any client's patience.
const pulse = 10 * time.Second

// StartRelayWith runs StartRelay with the given options.
func StartRelayWith(dir string, o Options) (*Relay, error) {
	dir, err := os.MkdirTemp(dir, "relay-")
	if err != nil {
		return nil, fmt.Errorf("relay of the indexes: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Remove(dir)
		return nil, fmt.Errorf("relay of the indexes: %w", err)
	}
	r := &Relay{o: o, root: "http://" + l.Addr().String(), key: rand.Text(), dir: dir, pulse: pulse}
	r.server = &http.Server{Handler: r}
	go r.server.Serve(l)
	return r, nil
}

// Close ends the relay and all requests to it, and removes its folder.
func (r *Relay) Close() error {
	err := r.server.Close()
	r.serving.Lock() // no answer writes any more
	defer r.serving.Unlock()
	return errors.Join(err, os.RemoveAll(r.dir))
}

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
	r.serving.RLock()
	defer r.serving.RUnlock()
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
		err = r.serveFile(w, req, f)
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
		f.name, f.sha256, f.metadata, f.size = name, f.metadata, "", 0
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

// fail answers in a way that makes pip neither try again nor ask for a password: the
// client has tried, and the caller reports the problem.
func (r *Relay) fail(w http.ResponseWriter, err error) {
	status := http.StatusForbidden
	if missing(err) {
		status = http.StatusNotFound
	} else if p := problemOf(err); p != nil {
		r.mu.Lock()
		if r.problem == nil {
			r.problem = p
		}
		r.mu.Unlock()
	}
	w.WriteHeader(status)
}

// problemOf returns what to tell of an error; nil where the other side has gone.
func problemOf(err error) *step.Problem {
	var p *step.Problem
	var local *os.PathError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &local):
		return &step.Problem{Kind: step.Failed, Message: "a download cannot be kept: " + local.Err.Error()}
	}
	return nil
}

// servePage passes a page on, with the relay's addresses in place of the index's.
func (r *Relay) servePage(ctx context.Context, w http.ResponseWriter, c *client, name string) error {
	var whole wholePage
	if err := r.patiently(w, func() (err error) {
		whole, err = c.wholePage(ctx, name)
		return err
	}); err != nil {
		return err
	}
	data, err := readdress(whole.at, whole.kind, whole.data, func(f named) string { return r.handOut(c, whole.at, f) })
	if err != nil {
		return c.unreadable(name, err)
	}
	w.Header().Set("Content-Type", whole.kind)
	_, err = w.Write(data)
	return err
}

// wholePage is a page as it came.
type wholePage struct {
	at   *url.URL // after redirects
	kind string   // its Content-Type
	data []byte
}

// wholePage reads a page that is to be passed on. One that may have been cut, or be a
// proxy's, is asked for again. An index may answer with a page without files for a package
// that it does not have: one that says so twice is believed.
func (c *client) wholePage(ctx context.Context, name string) (whole wholePage, err error) {
	without := 0
	r := c.pageRequest(name)
	r.timeout = c.o.Page
	err = c.get(ctx, r, func(resp *http.Response) error {
		data, err := readPage(resp)
		if err != nil {
			return err
		}
		whole = wholePage{resp.Request.URL, resp.Header.Get("Content-Type"), data}
		p, err := readLinks(whole.at, whole.kind, bufio.NewReader(bytes.NewReader(data)), nothing)
		if err != nil {
			return c.pageError(name, resp, err)
		}
		if p.html && p.files == 0 {
			without++
		}
		if without > 1 {
			return nil
		}
		return p.doubt(pageQuestion{isComplete: func(page) bool { return false }})
	})
	return whole, about(err, step.Location{Package: name})
}

func nothing(string, string) bool { return false }

// handOut returns the relay's address of a file that a page names. Nothing else that a
// page may point to, such as a file of this step, is of use: it becomes an address that
// the relay does not serve.
func (r *Relay) handOut(c *client, page *url.URL, f named) string {
	l, u, ok := newLink(page, f.address)
	if !ok || !plain(path.Base(u.Path)) {
		return r.root + "/"
	}
	f.address = l.url
	if f.sha256 == "" {
		f.sha256 = sha256In(u.Fragment)
	}
	name := path.Base(u.Path)
	r.mu.Lock()
	r.files = append(r.files, relayed{f, c, name})
	to := fmt.Sprintf("%s/%s/file/%d/%s", r.root, r.key, len(r.files)-1, url.PathEscape(name))
	r.mu.Unlock()
	if u.Fragment != "" {
		to += "#" + u.EscapedFragment()
	}
	return to
}

// serveFile downloads a file whole and serves it: one at a time, so that no more than one
// is on disk.
func (r *Relay) serveFile(w http.ResponseWriter, req *http.Request, f relayed) error {
	whole := filepath.Join(r.dir, "file")
	defer r.disk.Unlock()
	if err := r.patiently(w, func() error {
		r.disk.Lock()
		return f.from.transfer(req.Context(), f.answer(), whole, f.from.o.Tries)
	}); err != nil {
		return about(err, step.Location{Name: f.name})
	}
	defer os.Remove(whole)
	file, err := os.Open(whole)
	if err != nil {
		return err
	}
	defer file.Close()
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, req, "", time.Time{}, file)
	return nil
}

// patiently does something that takes a while. A client that waits for the answer gets a sign of life now
// and then that there will be one: pip gives up on a server that says nothing.
func (r *Relay) patiently(w http.ResponseWriter, do func() error) error {
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() { done <- err }()
		defer crash.Recover(&err)
		err = do()
	}()
	tick := time.NewTicker(r.pulse)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-tick.C:
			w.WriteHeader(http.StatusContinue)
		}
	}
}

// answer returns what the page says of a file. What it does not say is not checked.
func (f relayed) answer() answer {
	a := answer{Location: step.Location{Name: f.name, URL: f.address, Size: f.size}, unlocked: true}
	if hexHash.MatchString(f.sha256) {
		a.SHA256 = f.sha256
	}
	return a
}
