package test

import (
	"fmt"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// fresh is a wheel that no build has fetched before: the daemon remembers what
// earlier tests, and earlier runs, brought it.
func fresh(name string) pindex.Wheel {
	return pindex.Wheel{Name: name, Version: "1.0", Files: map[string]string{name + ".py": fmt.Sprintf("at = %d\n", time.Now().UnixNano())}}
}

// BuildKit does not try again; the helper does.
func TestFetchPasses(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		w := fresh("flaky")
		x := newIndex(t, w)
		x.Fail("/files/"+w.Filename(), pindex.Fault{Status: 503, Times: 2})
		p := (&project{index: x, locks: []locked{{wheel: w}}}).write(t)
		o := build(t, m, request{dir: p.dir})
		if o.err != nil {
			t.Fatalf("%v\n%s", o.err, o.log)
		}
		if o.image.files[site+"flaky.py"] == nil {
			t.Error("the wheel is not installed")
		}
	})
}

// A status is reported as what it is, not as the digest mismatch that it causes.
func TestFetchFails(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		w := fresh("broken")
		x := newIndex(t, w)
		x.Fail("/files/"+w.Filename(), pindex.Fault{Status: 503})
		p := (&project{index: x, locks: []locked{{wheel: w}}}).write(t)
		o := build(t, m, request{dir: p.dir, noImage: true})
		fails(t, o, `>>> name = "broken"`, "local answers 503 Service Unavailable", "try again later")
	})
}
