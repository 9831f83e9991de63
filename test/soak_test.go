package test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// Many builds at once, for a while: ten projects that share packages, edited and bumped
// now and then. None fails, an unchanged project has the same image each time, and
// what the builder keeps afterwards is what the same changes cost when they are built
// one after the other. `make faults` runs it.
func TestSoak(t *testing.T) {
	variable(t, "QUATRAIN_LAB")
	if os.Getenv("QUATRAIN_FAULTS") != "all" {
		t.Skip("300 builds: `make faults` runs them")
	}
	const projects, rounds = 10, 30
	names := newNameServer(t, nil)
	busy, calm := newBreakable(t, names), newBreakable(t, names)
	x := newIndex(t, alpha, beta)
	s := &soak{index: x, digests: map[string]string{}}
	root := t.TempDir()
	for round := range rounds {
		var wg sync.WaitGroup
		for i := range projects {
			wg.Go(func() { s.build(t, busy.builder, filepath.Join(root, "busy", fmt.Sprint(i)), i, round) })
		}
		wg.Wait()
		if t.Failed() {
			t.FailNow()
		}
		bytes, records := busy.state()
		t.Logf("round %d: %d MB, %d cache records", round+1, bytes>>20, records)
	}
	// The same states of the projects, one after the other, on a builder of its own.
	for round := range rounds {
		for i := range projects {
			s.build(t, calm.builder, filepath.Join(root, "calm", fmt.Sprint(i)), i, round)
		}
	}
	busyBytes, busyRecords := busy.state()
	calmBytes, calmRecords := calm.state()
	t.Logf("together: %d MB, %d records; one after the other: %d MB, %d records", busyBytes>>20, busyRecords, calmBytes>>20, calmRecords)
	if float64(busyBytes) > 1.25*float64(calmBytes)+64<<20 || float64(busyRecords) > 1.25*float64(calmRecords)+20 {
		t.Error("builds at the same time leave more behind than builds one after the other")
	}
}

// soak is the digests of the projects' images, by project and state.
type soak struct {
	index *index

	mu      sync.Mutex
	digests map[string]string // "project/edit/bump" → digest
}

// edits and bumps of a project up to a round: an edit in each third round, a bump in
// each tenth, not all projects in the same one.
func (s *soak) edits(i, round int) (edits, bumps int) { return (round + i) / 3, (round + i) / 10 }

// write writes a project in one of its states.
func (s *soak) write(t *testing.T, i int, dir string, edit, bump int) *project {
	t.Helper()
	w := pindex.Wheel{Name: fmt.Sprintf("own%d", i), Version: fmt.Sprintf("1.%d", bump), Files: map[string]string{fmt.Sprintf("own%d.py", i): fmt.Sprintf("bump = %d\n", bump)}}
	s.index.Add(w)
	p := &project{index: s.index, dir: dir, locks: []locked{{wheel: alpha}, {wheel: beta}, {wheel: w}},
		toml:  strings.Replace(plainProject, "\"shop\"", fmt.Sprintf("\"shop%d\"", i), 1),
		files: map[string]string{fmt.Sprintf("shop%d/__init__.py", i): fmt.Sprintf("edit = %d\ndef main(): pass\n", edit)}}
	p.toml = strings.Replace(p.toml, "shop:main", fmt.Sprintf("shop%d:main", i), 1)
	return p.write(t)
}

// build builds a project in its folder, as it is in a round.
func (s *soak) build(t *testing.T, b builder, dir string, i, round int) {
	edit, bump := s.edits(i, round)
	s.write(t, i, dir, edit, bump)
	out := t.TempDir()
	file := filepath.Join(out, "metadata")
	o := b.watched(t, dir, moment{}, nil, "--output", "type=oci,dest="+filepath.Join(out, "image.tar"), "--metadata-file", file, ".")
	if o.code != 0 {
		t.Errorf("round %d, project %d: %s", round+1, i, o.all())
		return
	}
	state, digest := fmt.Sprintf("%d/%d/%d", i, edit, bump), digestIn(t, file)
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, ok := s.digests[state]; ok && before != digest {
		t.Errorf("project %d: %s in round %d, and %s before", i, digest, round+1, before)
	}
	s.digests[state] = digest
}
