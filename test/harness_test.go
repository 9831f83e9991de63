// Package test holds the integration tests: real builds on the daemon that
// BUILDKIT_HOST names, each in two modes, the frontend in this process and the
// frontend's image through the gateway. `make integration` brings up what they need.
package test

import (
	"context"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
	"github.com/tonistiigi/fsutil"

	"github.com/quatrain-build/quatrain/frontend"
)

// mode is how the frontend is reached.
type mode string

const (
	inProcess mode = "in-process"
	gateway   mode = "gateway"
)

// eachMode runs one body in both modes.
func eachMode(t *testing.T, body func(t *testing.T, m mode)) {
	t.Helper()
	for _, m := range []mode{inProcess, gateway} {
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
	noImage bool // do not export: the request is a subrequest, or fails
}

// outcome is what came of it.
type outcome struct {
	err     error
	image   *image
	ran     []string // names of the steps that ran, sorted; cached ones are not here
	log     string   // what steps printed, and warnings
	answers map[string]string
}

// build runs one request.
func build(t *testing.T, m mode, r request) outcome {
	t.Helper()
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
	archive := filepath.Join(t.TempDir(), "image.tar")
	if !r.noImage {
		opt.Exports = []client.ExportEntry{exportTo(archive)}
	}
	status := make(chan *client.SolveStatus)
	var o outcome
	var wg sync.WaitGroup
	wg.Go(func() { o.ran, o.log = watch(status) })
	o.err = run(t, c, m, opt, status)
	wg.Wait()
	if o.err == nil && !r.noImage {
		o.image = readImage(t, archive)
	}
	return o
}

func run(t *testing.T, c *client.Client, m mode, opt client.SolveOpt, status chan *client.SolveStatus) error {
	ctx := t.Context()
	if m == gateway {
		opt.Frontend = "gateway.v0"
		opt.FrontendAttrs["source"] = frontendImage(t)
		_, err := c.Solve(ctx, nil, opt, status)
		return err
	}
	opt.FrontendAttrs["context:quatrain-frontend"] = "local:quatrain-frontend"
	opt.LocalMounts["quatrain-frontend"] = folder(t, frontendTree(t))
	_, err := c.Build(ctx, opt, "", frontend.Build, status)
	return err
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

// steps are the vertices that run the helper. Of the others (downloads, file
// operations without input) BuildKit reports the computing of the cache key as a
// run, so that they cannot be told apart here; an index counts its requests.
var steps = []string{"[locate", "[install", "[compile", "[venv", "[apt"}

// watch follows a build: what ran, and what it said.
func watch(status chan *client.SolveStatus) (ran []string, log string) {
	started := map[string]bool{}
	cached := map[string]bool{}
	names := map[string]string{}
	var text strings.Builder
	for s := range status {
		for _, v := range s.Vertexes {
			id := v.Digest.String()
			names[id] = v.Name
			started[id] = started[id] || v.Started != nil
			cached[id] = cached[id] || v.Cached
		}
		for _, l := range s.Logs {
			text.Write(l.Data)
		}
		for _, w := range s.Warnings {
			text.Write(w.Short)
			text.WriteString("\n")
		}
	}
	for id := range started {
		if started[id] && !cached[id] {
			ran = append(ran, names[id])
		}
	}
	ran = withPrefix(ran, steps...)
	sort.Strings(ran)
	return ran, text.String()
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
