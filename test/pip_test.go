package test

import (
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	pypi "github.com/quatrain-build/quatrain/internal/helper/index"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

var onePip sync.Mutex

// pipWheel is the wheel that build steps take pip from. A test's index serves it
// with what the test makes itself. It is downloaded once to the user's cache.
func pipWheel(t *testing.T) pindex.Raw {
	t.Helper()
	onePip.Lock()
	defer onePip.Unlock()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	pip := plan.Pip
	dir := filepath.Join(cache, "quatrain", "wheels")
	raw := pindex.Raw{Package: pip.Name, Name: pip.File}
	file := filepath.Join(dir, pip.SHA256, pip.File)
	if raw.Data, err = os.ReadFile(file); err == nil && pindex.SHA256(raw) == pip.SHA256 {
		return raw
	}
	fetch := step.Fetch{
		Index: step.Index(plan.PyPI), Out: dir,
		Files: []step.File{{Package: pip.Name, Name: pip.File, SHA256: pip.SHA256}},
	}
	err = pypi.FetchWith(t.Context(), fetch, pypi.Options{
		Transport: http.DefaultTransport, Getenv: os.LookupEnv, Tries: 3, Backoff: time.Second, Stall: time.Minute,
	})
	if err == nil {
		raw.Data, err = os.ReadFile(file)
	}
	if err != nil {
		t.Fatalf("pip's wheel: %v", err)
	}
	return raw
}

// The source that a project has need not have pip: PyPI is asked then, and that is
// remembered. A source that has it is asked only.
func TestPipFromElsewhere(t *testing.T) {
	p := newGitProject(t, "")
	p.index.Remove(plan.Pip.File)
	p.addFiles(t, unseen(t, "pure", library(t, "pure", "1.0")))
	p.write(t)
	unreachable := map[string]string{"build-arg:HTTPS_PROXY": "http://127.0.0.1:9"}
	o := build(t, inProcess, request{dir: p.dir, noImage: true, opts: map[string]string{
		"build-arg:HTTPS_PROXY": "http://127.0.0.1:9", "build-arg:BUILDKIT_CACHE_MOUNT_NS": unique(t), // no remembered answers
	}})
	fails(t, o, plan.Pip.File+" is not on local ", "; pypi (pypi.org) cannot be reached")

	o = build(t, inProcess, request{dir: p.dir, secrets: machineCA(t)})
	if o.err != nil || o.image.files[site+"pure.py"] == nil {
		t.Fatalf("%s\n%s", printed(o.err), o.log)
	}
	if o := build(t, inProcess, request{dir: p.dir, opts: unreachable}); o.err != nil || len(o.ran) > 0 {
		t.Errorf("%v: the second build ran %q", o.err, o.ran)
	}

	with := newGitProject(t, "")
	with.addFiles(t, unseen(t, "pure", library(t, "pure", "1.0")))
	with.write(t)
	if o := build(t, inProcess, request{dir: with.dir, opts: unreachable}); o.err != nil {
		t.Errorf("%s\n%s", printed(o.err), o.log)
	}
}
