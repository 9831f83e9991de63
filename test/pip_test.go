package test

import (
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	pypi "github.com/quatrain-build/quatrain/internal/index"
	"github.com/quatrain-build/quatrain/internal/pindex"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
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
