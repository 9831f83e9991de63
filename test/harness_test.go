// Package test holds the integration tests: real builds on real daemons.
// `make integration` brings up what they need.
//
// Most say what a build does, whoever asks for it: one body, three modes, on the
// daemon that BUILDKIT_HOST names (harness_test.go). The others are about a client or
// a daemon, and run the binaries that users run (clients_test.go).
package test

import (
	"context"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
	"github.com/moby/buildkit/session/sshforward/sshprovider"
	"github.com/tonistiigi/fsutil"

	"github.com/quatrain-build/quatrain/frontend"
)

// mode is how the frontend is reached.
type mode string

const (
	inProcess mode = "in-process"
	gateway   mode = "gateway" // the frontend's image, asked by BuildKit's own client
	buildx    mode = "buildx"  // the same, through docker buildx build
)

// eachMode runs one body in every mode.
func eachMode(t *testing.T, body func(t *testing.T, m mode)) {
	t.Helper()
	for _, m := range []mode{inProcess, gateway, buildx} {
		t.Run(string(m), func(t *testing.T) { body(t, m) })
	}
}

// daemon connects to BUILDKIT_HOST.
func daemon(t *testing.T) *client.Client {
	t.Helper()
	host := os.Getenv("BUILDKIT_HOST")
	if host == "" {
		t.Skip("BUILDKIT_HOST is not set: `make integration` brings up a daemon and sets it")
	}
	c, err := client.New(context.Background(), host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// request is one build.
type request struct {
	dir     string            // the context; the stub is its Dockerfile
	file    string            // entry file, "Dockerfile" by default
	opts    map[string]string // frontend options: target, build-arg:…, label:…
	secrets map[string][]byte
	folders map[string]string // build contexts: name → folder
	ssh     []string          // agents: "default=SOCKET-OR-KEY"
	flags   []string          // buildx's own, only in that mode
	noImage bool              // do not export: the request is a subrequest, or fails
	push    string            // also push the image there; not in buildx's mode

	patience frontend.Patience // with the builder's downloads, 0 for the usual one; only in process
}

// outcome is what came of it.
type outcome struct {
	err     error
	image   *image
	archive string               // the file that it was read from
	ran     []string             // names of the steps that ran, sorted; cached ones are not here
	began   map[string]time.Time // of those
	log     string               // what steps printed, and warnings
	text    string               // what buildx printed besides
}

// build runs one request.
func build(t *testing.T, m mode, r request) outcome {
	t.Helper()
	if m == buildx {
		return bare(t).buildx(t, r)
	}
	c := daemon(t)
	opt := client.SolveOpt{
		FrontendAttrs: map[string]string{"filename": "Dockerfile"},
		LocalMounts:   map[string]fsutil.FS{"context": folder(t, r.dir), "dockerfile": folder(t, r.dir)},
		Session:       []session.Attachable{secretsprovider.FromMap(r.secrets)},
	}
	if r.file != "" {
		opt.FrontendAttrs["filename"] = r.file
	}
	for k, v := range r.opts {
		opt.FrontendAttrs[k] = v
	}
	if len(r.ssh) > 0 {
		opt.Session = append(opt.Session, forwarded(t, r.ssh))
	}
	for name, dir := range r.folders {
		opt.FrontendAttrs["context:"+name] = "local:" + name
		opt.LocalMounts[name] = folder(t, dir)
	}
	archive := filepath.Join(t.TempDir(), "image.tar")
	if !r.noImage {
		opt.Exports = []client.ExportEntry{exportTo(archive)}
	}
	if r.push != "" {
		opt.Exports = append(opt.Exports, client.ExportEntry{Type: client.ExporterImage, Attrs: map[string]string{
			"name": r.push, "push": "true", "registry.insecure": "true",
		}})
	}
	status := make(chan *client.SolveStatus)
	var o outcome
	var wg sync.WaitGroup
	var p progress
	wg.Go(func() {
		for s := range status {
			p.add(s)
		}
	})
	o.err = run(t, c, m, r, opt, status)
	wg.Wait()
	o.ran, o.began, o.log = p.ran(), p.began(), p.text.String()
	if o.err == nil && !r.noImage {
		o.archive, o.image = archive, readImage(t, archive)
	}
	return o
}

func run(t *testing.T, c *client.Client, m mode, r request, opt client.SolveOpt, status chan *client.SolveStatus) error {
	ctx := t.Context()
	if m == gateway {
		opt.Frontend = "gateway.v0"
		opt.FrontendAttrs["source"] = frontendImage(t)
		_, err := c.Solve(ctx, nil, opt, status)
		return err
	}
	opt.FrontendAttrs["context:quatrain-frontend"] = "local:quatrain-frontend"
	opt.LocalMounts["quatrain-frontend"] = folder(t, frontendTree(t))
	answer := frontend.Build
	if r.patience > 0 {
		answer = r.patience.Build
	}
	_, err := c.Build(ctx, opt, "", answer, status)
	return err
}

// forwarded are the agents that go with a request.
func forwarded(t *testing.T, agents []string) session.Attachable {
	t.Helper()
	var configs []sshprovider.AgentConfig
	for _, a := range agents {
		id, at, _ := strings.Cut(a, "=")
		configs = append(configs, sshprovider.AgentConfig{ID: id, Paths: []string{at}})
	}
	p, err := sshprovider.NewSSHAgentProvider(configs)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func folder(t *testing.T, dir string) fsutil.FS {
	t.Helper()
	f, err := fsutil.NewFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// frontendImage is the reference that `make lab` pushed.
func frontendImage(t *testing.T) string {
	ref := os.Getenv("QUATRAIN_FRONTEND")
	if ref == "" {
		t.Fatal("QUATRAIN_FRONTEND is not set: `make integration` builds the frontend's image and sets it")
	}
	return ref
}

// registry is host and port of the lab's registry.
func registry(t *testing.T) string {
	t.Helper()
	host := os.Getenv("QUATRAIN_REGISTRY")
	if host == "" {
		t.Fatal("QUATRAIN_REGISTRY is not set: `make integration` brings up a registry and sets it")
	}
	return host
}

// steps are the vertices that run the helper. Of the others (downloads, file
// operations without input) BuildKit reports the computing of the cache key as a
// run, so that they cannot be told apart here; an index counts its requests.
var steps = []string{"[facts", "[locate", "[overlaps", "[install", "[compile", "[venv", "[apt", "[requirements", "[backend", "[build", "[prepare", "[test"}

// progress follows a build: what ran, and what it said.
type progress struct {
	names   map[string]string // digest → name
	started map[string]time.Time
	cached  map[string]bool
	text    strings.Builder
}

func (p *progress) add(s *client.SolveStatus) {
	if p.names == nil {
		p.names, p.started, p.cached = map[string]string{}, map[string]time.Time{}, map[string]bool{}
	}
	for _, v := range s.Vertexes {
		id := v.Digest.String()
		p.names[id] = v.Name
		if v.Started != nil && p.started[id].IsZero() {
			p.started[id] = *v.Started
		}
		p.cached[id] = p.cached[id] || v.Cached
	}
	for _, l := range s.Logs {
		p.text.Write(l.Data)
	}
	for _, w := range s.Warnings {
		p.text.Write(w.Short)
		p.text.WriteString("\n")
	}
}

// ran are the steps that ran, sorted.
func (p *progress) ran() []string {
	var ran []string
	for id := range p.started {
		if !p.cached[id] {
			ran = append(ran, p.names[id])
		}
	}
	ran = withPrefix(ran, steps...)
	sort.Strings(ran)
	return ran
}

// began is when each of them did.
func (p *progress) began() map[string]time.Time {
	at := map[string]time.Time{}
	for id, started := range p.started {
		if !p.cached[id] && len(withPrefix([]string{p.names[id]}, steps...)) > 0 {
			at[p.names[id]] = started
		}
	}
	return at
}

// withPrefix are the names that start so: "[install".
func withPrefix(names []string, prefixes ...string) []string {
	var all []string
	for _, n := range names {
		for _, p := range prefixes {
			if strings.HasPrefix(n, p) {
				all = append(all, n)
			}
		}
	}
	return all
}
