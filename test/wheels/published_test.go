package wheels

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/helper/wheel"
)

// Wheels from PyPI are installed as Poetry installs them: the first part of
// list.txt, or all of it with QUATRAIN_WHEELS=all (`make wheels-diff`).
func TestPublished(t *testing.T) {
	files, err := published(os.Getenv("QUATRAIN_WHEELS") == "all")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := download(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	both := start(t, filepath.Join(t.TempDir(), "venv"))
	for _, path := range paths {
		both.compare(t, path, "")
	}
	both.report(t)
}

// pair installs wheels with both installers.
type pair struct {
	poetry *poetry
	fresh  tree
	dir    string
	met    map[string]int // differences by name
	wheels int
}

func start(t *testing.T, venv string) *pair {
	t.Helper()
	p := &pair{poetry: startPoetry(t, venv), dir: t.TempDir(), met: map[string]int{}}
	var err error
	if p.fresh, err = readTree(p.poetry.fresh); err != nil {
		t.Fatal(err)
	}
	return p
}

// compare installs one wheel and fails the test where the results differ. Refused
// names why Quatrain only refuses the wheel, "" where it must do as Poetry does.
func (p *pair) compare(t *testing.T, path, refused string) {
	t.Helper()
	p.wheels++
	name := filepath.Base(path)
	theirTree, out := filepath.Join(p.dir, "poetry"), filepath.Join(p.dir, "quatrain")
	defer os.RemoveAll(theirTree)
	defer os.RemoveAll(out)
	theirs, err := p.poetry.install(theirTree, path)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := p.quatrain(path, out)
	if refused == anyReason {
		if refused = ""; err != nil && theirs.Refused == "" {
			refused = reasonOf(err)
		}
	}
	if refused != "" {
		if refusals[refused] == "" || err == nil || theirs.Refused != "" {
			t.Errorf("%s should be refused by Quatrain only, because of %q:\n    Poetry   refused: %q\n    Quatrain refused: %v", name, refused, theirs.Refused, err)
		}
		p.met[refused]++
		return
	}
	if (err != nil) != (theirs.Refused != "") && !strings.HasPrefix(theirs.Refused, "TimeoutError") { // it never ends
		t.Errorf("%s:\n    Poetry   refused: %q\n    Quatrain refused: %v", name, theirs.Refused, err)
	}
	if err != nil || theirs.Refused != "" {
		return
	}
	if said := strings.Contains(ours, ": RECORD: "); said != (len(theirs.Record) > 0) {
		t.Errorf("%s: what is wrong with RECORD?\n    Poetry   %s\n    Quatrain %s", name, theirs.Record, ours)
	}
	if left := fmt.Sprintf("left out %d files in __pycache__", theirs.Pycache); strings.Contains(ours, left) != (theirs.Pycache > 0) {
		t.Errorf("%s: Poetry left out %d files, Quatrain: %s", name, theirs.Pycache, ours)
	}
	p.differences(t, name, theirTree, filepath.Join(out, p.poetry.venv))
}

// differences fails the test where two environments differ without a name for it.
func (p *pair) differences(t *testing.T, name, poetry, quatrain string) {
	t.Helper()
	all, err := compare(p.fresh, poetry, quatrain)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if n := nameOf(d); n != "" {
			p.met[n]++
		} else {
			t.Errorf("%s: %v", name, d)
		}
	}
}

// quatrain installs a wheel below out and returns the warnings.
func (p *pair) quatrain(path, out string) (string, error) {
	into, err := wheel.NewTree(out, p.poetry.venv, p.poetry.python)
	if err != nil {
		return "", err
	}
	defer into.Close()
	var warnings bytes.Buffer
	_, err = wheel.Install(path, into, wheel.Options{Warnings: &warnings})
	return warnings.String(), err
}

func (p *pair) report(t *testing.T) {
	t.Helper()
	t.Logf("%d wheels installed by Poetry and by Quatrain", p.wheels)
	for _, n := range differences {
		t.Logf("%6d × %s: %s", p.met[n.name], n.name, n.why)
	}
	for _, n := range slices.Sorted(maps.Keys(refusals)) {
		t.Logf("%6d × refused, %s: %s", p.met[n], n, refusals[n])
	}
}
