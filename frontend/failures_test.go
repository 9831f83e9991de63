package frontend_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
	"github.com/quatrain-build/quatrain/internal/step"
)

// failingClient is a daemon on which steps fail. Like a real one, and other than the client
// that it answers with, it takes requests in any order.
type failingClient struct {
	gwclient.Client // see own
	own             *offline.Client

	// fails is called for each solve with the names of its vertices. Its error is the
	// solve's.
	fails func(ctx context.Context, s solve) error
	// elsewhere are the problems that a second session finds.
	elsewhere []step.Problem

	mu       sync.Mutex
	reports  map[string]step.Report // by the id of the failed step's output
	sessions int                    // of the frontend, besides this one
}

func failing(t *testing.T, a asked, fails func(context.Context, solve) error) *failingClient {
	own := request(t, a)
	return &failingClient{Client: own, own: own, fails: fails, reports: map[string]step.Report{}}
}

func (c *failingClient) CurrentFrontend() (*bkllb.State, error) { return c.own.CurrentFrontend() }

// solve is a request of the frontend.
type solve struct {
	client *failingClient
	def    *pb.Definition
}

// has returns the digest of the vertex whose name starts so.
func (s solve) has(name string) (digest.Digest, bool) {
	for id, m := range s.def.Metadata {
		if strings.HasPrefix(m.Description["llb.customname"], name) {
			return digest.Digest(id), true
		}
	}
	return "", false
}

// reports is the error of a failed step of the helper that left a report.
func (s solve) reports(name string, problems ...step.Problem) error {
	id, ok := s.has(name)
	if !ok {
		return nil
	}
	s.client.mu.Lock()
	defer s.client.mu.Unlock()
	s.client.reports[string(id)] = step.Report{Problems: problems}
	mounts := make([]string, 10)
	for i := range mounts {
		mounts[i] = string(id)
	}
	return errdefs.WrapVertex(&errdefs.SolveError{
		Solve: &errdefs.Solve{MountIDs: mounts}, Err: errors.New("exit code: 1"),
	}, id)
}

func (c *failingClient) Solve(ctx context.Context, req gwclient.SolveRequest) (*gwclient.Result, error) {
	if req.Frontend != "" {
		c.mu.Lock()
		c.sessions++
		c.mu.Unlock()
		if req.Frontend != "gateway.v0" || req.FrontendOpt["requestid"] != "quatrain.problems" || len(req.FrontendInputs) != 1 {
			return nil, fmt.Errorf("a session of %s: %v", req.Frontend, req.FrontendOpt)
		}
		text, err := json.Marshal(step.Report{Problems: c.elsewhere})
		res := gwclient.NewResult()
		res.AddMeta("problems", text)
		return res, err
	}
	if err := c.fails(ctx, solve{c, req.Definition}); err != nil {
		return nil, err
	}
	return c.own.Solve(ctx, req)
}

// NewContainer prints the report of the failed step whose output is mounted.
func (c *failingClient) NewContainer(_ context.Context, req gwclient.NewContainerRequest) (gwclient.Container, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, err := json.Marshal(c.reports[req.Mounts[1].ResultID])
	return reportContainer{text: text}, err
}

type reportContainer struct {
	gwclient.Container
	text []byte
}

func (c reportContainer) Release(context.Context) error { return nil }

func (c reportContainer) Start(_ context.Context, req gwclient.StartRequest) (gwclient.ContainerProcess, error) {
	_, err := req.Stdout.Write(c.text)
	return ended{}, err
}

type ended struct{}

func (ended) Wait() error                                    { return nil }
func (ended) Resize(context.Context, gwclient.WinSize) error { return nil }
func (ended) Signal(context.Context, syscall.Signal) error   { return nil }

const lostError = "releasing already released reference x::y"

// Of two steps that fail at the same time both reasons are told, also if BuildKit loses
// the error of one.
func TestTwoStepsFail(t *testing.T) {
	missing := step.Problem{Package: "pure", Message: "pure-1.0-py3-none-any.whl is not on pypi"}
	broken := step.Problem{Message: "apt-get failed"}
	located := make(chan struct{}, 10)
	// The base's step fails when the other has.
	fails := func(lost bool) func(context.Context, solve) error {
		return func(ctx context.Context, s solve) error {
			if _, ok := s.has("[locate]"); ok {
				defer func() { located <- struct{}{} }()
				return s.reports("[locate]", missing)
			}
			if _, ok := s.has("[facts]"); !ok {
				return nil
			}
			<-located
			if lost {
				return errors.New(lostError)
			}
			return s.reports("[facts]", broken)
		}
	}
	for name, c := range map[string]struct {
		lost    bool
		source  string // of the frontend
		missing bool   // the second session finds nothing
		want    string
	}{
		"both are known":             {false, "quatrain/poetry:1", false, "apt-get failed"},
		"one is lost":                {true, "quatrain/poetry:1", false, "apt-get failed"},
		"one is lost for good":       {true, "quatrain/poetry:1", true, "two steps failed at the same time, and BuildKit lost the error of one ("},
		"there is no second session": {true, "", false, "two steps failed at the same time, and BuildKit lost the error of one"},
	} {
		t.Run(name, func(t *testing.T) {
			client := failing(t, asked{opts: args("source", c.source)}, fails(c.lost))
			if !c.missing {
				client.elsewhere = []step.Problem{broken}
			}
			_, err := frontend.Build(t.Context(), client)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range []string{"poetry.lock:2: pure-1.0-py3-none-any.whl is not on pypi", c.want} {
				if strings.Count(err.Error(), want) != 1 {
					t.Errorf("%q is not there once:\n%v", want, err)
				}
			}
			if want := c.lost && c.source != ""; (client.sessions > 0) != want {
				t.Errorf("%d sessions", client.sessions)
			}
		})
	}
}

// Of builds that fail at the same time all reasons are told, although BuildKit tells only
// one for all that the image needs.
func TestTwoBuildsFail(t *testing.T) {
	client := failing(t, asked{files: map[string]string{"poetry.lock": sdistEntry("first", 1) + sdistEntry("second", 2) + lock[strings.Index(lock, "[metadata]"):]}}, func(ctx context.Context, s solve) error {
		_, first := s.has("[build] first")
		_, second := s.has("[build] second")
		switch {
		case first:
			return s.reports("[build] first", step.Problem{Package: "first", Message: "first is broken"})
		case second:
			return s.reports("[build] second", step.Problem{Package: "second", Message: "second is broken"})
		}
		return nil
	})
	_, err := frontend.Build(t.Context(), client)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"poetry.lock:1: first is broken", "second is broken"} {
		if strings.Count(err.Error(), want) != 1 {
			t.Errorf("%q is not there once:\n%v", want, err)
		}
	}
}

// gitEntry is a lock's entry of a package in a repository.
func gitEntry(name, url, reference string, n int) string {
	return fmt.Sprintf("[[package]]\nname = %q\nversion = \"1.0\"\npython-versions = \"*\"\ngroups = [\"main\"]\nfiles = []\n\n[package.source]\ntype = \"git\"\nurl = %q\nreference = %q\nresolved_reference = \"%040x\"\nsubdirectory = %q\n\n", name, url, reference, n, name)
}

// Of git repositories that fail all are told, each with its own reason and hint, although
// BuildKit tells only one; those that do not fail, or not in time, are not.
func TestRepositoriesFail(t *testing.T) {
	locks := gitEntry("denied", "https://git.corp/denied.git", "main", 1) + gitEntry("fine", "https://git.corp/fine.git", "main", 2) +
		gitEntry("gone", "https://elsewhere.test/gone.git", "v1", 3) + gitEntry("twin-a", "https://git.corp/twins.git", "main", 4) +
		gitEntry("twin-b", "https://git.corp/twins.git", "main", 4) + gitEntry("unseen", "https://git.corp/unseen.git", "main", 5) + lock[strings.Index(lock, "[metadata]"):]
	says := map[string]string{
		"[git] denied": "fatal: could not read Username for 'https://git.corp': terminal prompts disabled",
		"[git] gone":   "fatal: remote error: upload-pack: not our ref 0000000000000000000000000000000000000003",
		"[git] twin":   "fatal: unable to access: Could not resolve host: git.corp",
		"[git] unseen": "rpc error: code = Canceled desc = context canceled",
	}
	for first := range says {
		client := failing(t, asked{files: map[string]string{"poetry.lock": locks}}, func(ctx context.Context, s solve) error {
			// The whole image fails at the first, and the others are canceled.
			if id, ok := s.has(first); ok {
				return errdefs.WrapVertex(errors.New(says[first]), id)
			}
			for name, text := range says {
				if id, ok := s.has(name); ok {
					return errdefs.WrapVertex(errors.New(text), id)
				}
			}
			return nil
		})
		_, err := frontend.Build(t.Context(), client)
		if err == nil {
			t.Fatal("no error")
		}
		for _, want := range []string{
			"poetry.lock:1: denied cannot be fetched from https://git.corp/denied.git (main, commit 000000000000): the login is missing or was rejected", "GIT_AUTH_TOKEN.git.corp",
			"gone cannot be fetched from https://elsewhere.test/gone.git (v1, commit 000000000000): the repository does not have the locked commit", "`poetry update gone` and commit poetry.lock.",
			"twin-a cannot be fetched from https://git.corp/twins.git", "twin-b cannot be fetched from https://git.corp/twins.git",
		} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("first %s: no %q in\n%v", first, want, err)
			}
		}
		if strings.Contains(err.Error(), "fine cannot") || first != "[git] unseen" && strings.Contains(err.Error(), "unseen") {
			t.Errorf("first %s: %v", first, err)
		}
	}
}

// What a killed builder leaves behind is named wherever it turns up, with what removes it.
func TestLeftover(t *testing.T) {
	const text = "failed to rename: rename /var/lib/buildkit/snapshots/new-1 /var/lib/buildkit/snapshots/7: file exists"
	for _, at := range []string{"[facts]", "[locate]", "[internal] load project definition", "[image] merge"} {
		client := failing(t, asked{}, func(_ context.Context, s solve) error {
			if id, ok := s.has(at); ok {
				return errdefs.WrapVertex(errors.New(text), id)
			}
			return nil
		})
		if _, err := frontend.Build(t.Context(), client); err == nil || strings.Count(err.Error(), "Run `docker buildx prune`") != 1 || !strings.Contains(err.Error(), "snapshots/7: file exists") {
			t.Errorf("%s: %v", at, err)
		}
	}
}

// sdistEntry is a lock's entry of a package that has only an sdist.
func sdistEntry(name string, n int) string {
	return fmt.Sprintf("[[package]]\nname = %q\nversion = \"1.0\"\npython-versions = \"*\"\ngroups = [\"main\"]\nfiles = [{file = \"%s-1.0.tar.gz\", hash = \"sha256:%064x\"}]\n\n", name, name, n)
}

// Platforms that fail together are all told of, one that was only canceled is not.
func TestPlatformsFail(t *testing.T) {
	platforms := args("platform", "linux/amd64,linux/arm64")
	var both sync.WaitGroup
	both.Add(2)
	client := failing(t, asked{opts: platforms}, func(ctx context.Context, s solve) error {
		name := "[base] python:3.12-slim"
		if id, ok := s.has(name); ok && isFacts(s) {
			both.Done()
			both.Wait()
			return s.reports("[facts]", step.Problem{Message: "no Python of " + string(id)})
		}
		return nil
	})
	_, err := frontend.Build(t.Context(), client)
	if err == nil || strings.Count(err.Error(), "no Python of sha256:") != 2 {
		t.Error(err)
	}

	// Whatever is canceled says so in its own way.
	first := true
	var mu sync.Mutex
	client = failing(t, asked{opts: platforms}, func(ctx context.Context, s solve) error {
		if !isFacts(s) {
			return nil
		}
		mu.Lock()
		mine := first
		first = false
		mu.Unlock()
		if mine {
			return s.reports("[facts]", step.Problem{Message: "no Python"})
		}
		<-ctx.Done()
		return fmt.Errorf("rpc error: code = Canceled desc = %v", ctx.Err())
	})
	_, err = frontend.Build(t.Context(), client)
	if err == nil || err.Error() != "linux/amd64: no Python" && err.Error() != "linux/arm64: no Python" && err.Error() != "no Python" {
		t.Error(err)
	}
}

func isFacts(s solve) bool {
	_, facts := s.has("[facts]")
	_, more := s.has("[locate]")
	return facts && !more
}

// A canceled request says that it was canceled, whatever its parts say.
func TestCancel(t *testing.T) {
	for _, at := range []string{"[facts]", "[locate]", "[internal] load project definition", "[internal] load .dockerignore"} {
		ctx, cancel := context.WithCancel(t.Context())
		client := failing(t, asked{}, func(ctx context.Context, s solve) error {
			if _, ok := s.has(at); !ok {
				return nil
			}
			cancel()
			<-ctx.Done()
			return errors.New(lostError)
		})
		if _, err := frontend.Build(ctx, client); !errors.Is(err, context.Canceled) || err.Error() != "context canceled" {
			t.Errorf("%s: %v", at, err)
		}
		cancel()
	}
}

func assign(m map[string]int, key string) { m[key] = 1 }

// A panic in any goroutine of the frontend is an error with its place.
func TestPanics(t *testing.T) {
	for _, at := range []string{"[internal] load build definition", "[internal] load project definition", "[internal] load .dockerignore", "[project] copy", "[facts]", "[locate]", "[image] merge"} {
		client := failing(t, asked{}, func(_ context.Context, s solve) error {
			if _, ok := s.has(at); ok {
				assign(nil, at)
			}
			return nil
		})
		_, err := frontend.Build(t.Context(), client)
		if err == nil {
			t.Errorf("%s: no error", at)
			continue
		}
		for _, want := range []string{"Quatrain crashed: assignment to entry in nil map (at frontend/failures_test.go:", ", from frontend/", "Please report it at https://"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in\n%v", at, want, err)
			}
		}
	}
}

// onBuildClient has base images with ONBUILD instructions.
type onBuildClient struct{ *offline.Client }

func (c onBuildClient) ResolveImageConfig(ctx context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	name, id, data, err := c.Client.ResolveImageConfig(ctx, ref, opt)
	return name, id, []byte(strings.Replace(string(data), `"config":{`, `"config":{"OnBuild":["COPY . /app"],`, 1)), err
}

func TestOnBuild(t *testing.T) {
	client := request(t, asked{})
	res, err := frontend.Build(t.Context(), onBuildClient{client})
	if err != nil {
		t.Fatal(err)
	}
	if config := string(res.Metadata["containerimage.config"]); strings.Contains(config, "OnBuild") {
		t.Error(config)
	}
	if all := strings.Join(client.Warnings(), "\n"); !strings.Contains(all, "the base image's 1 ONBUILD instructions are ignored") {
		t.Error(all)
	}
}
