// Package pindex serves a package index for tests, with generated distributions and the faults
// that a test asks for.
//
// It counts the requests, so that a test can check that a build made none.
package pindex

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say how an index behaves; the zero value is a healthy one. They may be
// changed between requests with [Index.Set].
type Options struct {
	HTML          bool   // PEP 503 only, even to a client that asks for JSON
	Username      string // basic auth for everything, "" for none
	Password      string
	Token         string        // a bearer token for everything, "" for none
	WithoutHashes bool          // pages name no hashes
	MD5           bool          // pages name MD5 hashes only
	WithoutSizes  bool          // pages name no sizes, as PEP 691 has it
	ETags         bool          // pages have ETags
	AbsoluteURLs  string        // "https://host": addresses of files start with it; "" for relative ones
	Latency       time.Duration // before each answer
}

// Fault is what happens to one path, such as "/simple/demo/" or "/files/demo-1.0-py3-none-any.whl".
type Fault struct {
	Status     int    // answer with this status; 0: no such fault
	Times      int    // so often, then answer as usual; 0: always
	RetryAfter string // header of the faulty answers
	Body       []byte // bytes in place of the file, with status 200
	Truncate   bool   // break the connection in the middle of the body
	Redirect   string // address to redirect to
}

// file is one distribution that is served.
type file struct {
	project, name string
	data          []byte
	hash          string // as the pages say
	yanked        *string
}

// Index is the server: an http.Handler. It is safe for concurrent use.
type Index struct {
	mu     sync.Mutex
	o      Options
	files  map[string]*file // by file name
	faults map[string]*Fault
	counts map[string]int
	asked  []string
}

// New serves distributions.
func New(o Options, dists ...Dist) *Index {
	x := &Index{o: o, files: map[string]*file{}, faults: map[string]*Fault{}, counts: map[string]int{}}
	x.Add(dists...)
	return x
}

// Add serves more distributions; one of the same file name is replaced.
func (x *Index) Add(dists ...Dist) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, d := range dists {
		x.files[d.Filename()] = &file{project: d.Project(), name: d.Filename(), data: d.Bytes(), hash: SHA256(d)}
	}
}

// Remove takes a file off the index.
func (x *Index) Remove(name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.files, name)
}

// Yank marks a file as yanked (PEP 592); the reason may be empty.
func (x *Index) Yank(name, reason string) {
	x.edit(name, func(f *file) { f.yanked = &reason })
}

// Claim makes the pages name another hash than the file has.
func (x *Index) Claim(name, sha256 string) {
	x.edit(name, func(f *file) { f.hash = sha256 })
}

func (x *Index) edit(name string, change func(*file)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	f, ok := x.files[name]
	if !ok {
		panic(fmt.Sprintf("pindex: there is no file %q", name))
	}
	change(f)
}

// Fail makes a path fail.
func (x *Index) Fail(path string, f Fault) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.faults[path] = &f
}

// Heal takes all faults back.
func (x *Index) Heal() {
	x.mu.Lock()
	defer x.mu.Unlock()
	clear(x.faults)
}

// Set changes the options.
func (x *Index) Set(o Options) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.o = o
}

// Count returns how often a path was requested, including refused requests.
func (x *Index) Count(path string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.counts[path]
}

// Requests returns the requested paths, in order.
func (x *Index) Requests() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.asked)
}

// Reset forgets what was asked.
func (x *Index) Reset() {
	x.mu.Lock()
	defer x.mu.Unlock()
	clear(x.counts)
	x.asked = nil
}

// arrive counts a request and says what to do with it.
func (x *Index) arrive(path string) (Options, Fault) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.counts[path]++
	x.asked = append(x.asked, path)
	f := x.faults[path]
	if f == nil {
		return x.o, Fault{}
	}
	now := *f
	if f.Times > 0 {
		if f.Times--; f.Times == 0 {
			delete(x.faults, path)
		}
	}
	return x.o, now
}

// ServeHTTP answers a request.
func (x *Index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o, fault := x.arrive(r.URL.Path)
	if o.Latency > 0 {
		select {
		case <-time.After(o.Latency):
		case <-r.Context().Done():
			return
		}
	}
	user, password, _ := r.BasicAuth()
	switch {
	case o.Token != "" && r.Header.Get("Authorization") != "Bearer "+o.Token:
		http.Error(w, "who are you?", http.StatusUnauthorized)
	case o.Username != "" && (user != o.Username || password != o.Password):
		w.Header().Set("WWW-Authenticate", `Basic realm="pindex"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
	case fault.Redirect != "":
		http.Redirect(w, r, fault.Redirect, http.StatusFound)
	case fault.Status != 0:
		if fault.RetryAfter != "" {
			w.Header().Set("Retry-After", fault.RetryAfter)
		}
		http.Error(w, "the test wants it so", fault.Status)
	case strings.HasPrefix(r.URL.Path, "/files/"):
		x.serveFile(w, r, fault)
	case strings.HasPrefix(r.URL.Path, "/simple/"), r.URL.Path == "/links.html":
		x.servePage(w, r, o)
	default:
		http.NotFound(w, r)
	}
}

func (x *Index) serveFile(w http.ResponseWriter, r *http.Request, fault Fault) {
	x.mu.Lock()
	f := x.files[strings.TrimPrefix(r.URL.Path, "/files/")]
	x.mu.Unlock()
	if f == nil {
		http.NotFound(w, r)
		return
	}
	data := f.data
	if fault.Body != nil {
		data = fault.Body
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	if fault.Truncate {
		w.Write(data[:len(data)/2])
		http.NewResponseController(w).Flush() // else a small file would not start at all
		panic(http.ErrAbortHandler)
	}
	w.Write(data)
}
