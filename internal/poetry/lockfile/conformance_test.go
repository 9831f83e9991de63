package lockfile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/quatrain-build/quatrain/internal/source"
)

// TestConformance reads the locks of real projects and compares with what Poetry
// says of each: refused or read, fresh or not, with groups or without.
func TestConformance(t *testing.T) {
	dir := os.Getenv("QUATRAIN_CONFORMANCE")
	if dir == "" {
		dir = "../../../../shared/conformance"
	}
	data, err := os.ReadFile(filepath.Join(dir, "selection.json"))
	if err != nil {
		t.Logf("the conformance cases did not run (set QUATRAIN_CONFORMANCE): %v", err)
		return
	}
	var expected map[string]struct {
		Error         string
		Fresh, Lock21 bool
	}
	if err := json.Unmarshal(data, &expected); err != nil {
		t.Fatal(err)
	}
	locks, err := filepath.Glob(filepath.Join(dir, "corpus", "*", "poetry.lock"))
	if err != nil || len(locks) == 0 {
		t.Fatalf("no locks: %v", err)
	}
	for _, path := range locks {
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			lock, warnings, err := Parse(read(t, path))
			want, known := expected[name]
			switch {
			case want.Error != "":
				if err == nil {
					t.Errorf("read, but Poetry refuses it: %s", want.Error)
				}
				return
			case err != nil || len(warnings) > 0 || len(lock.Packages) == 0:
				t.Fatalf("%v, %v", err, warnings)
			case !known:
				t.Log("selection.json does not have it")
				return
			}
			root, err := source.ParseTOML(read(t, filepath.Join(filepath.Dir(path), "pyproject.toml")))
			if err != nil {
				t.Fatal(err)
			}
			if got := lock.Fresh(root); got != want.Fresh {
				t.Errorf("fresh: %v", got)
			}
			if got := lock.HasGroups(); got != want.Lock21 {
				t.Errorf("groups: %v", got)
			}
		})
	}
}

func read(t *testing.T, path string) *source.File {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return &source.File{Name: filepath.Base(path), Data: data}
}
