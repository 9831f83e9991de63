package selection_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// conformance is the folder with real projects and Poetry's own answers; "" where
// it is not there.
func conformance(t *testing.T) string {
	dir := os.Getenv("QUATRAIN_CONFORMANCE")
	if dir == "" {
		dir = "../../../../shared/conformance"
	}
	if _, err := os.Stat(dir); err != nil {
		row(t, "the conformance cases did not run: %s not found (set QUATRAIN_CONFORMANCE)", dir)
		return ""
	}
	return dir
}

func load(t *testing.T, dir, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func file(t *testing.T, dir, project, name string) *source.File {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "corpus", project, name))
	if err != nil {
		t.Fatal(err)
	}
	return &source.File{Name: name, Data: data}
}

// row prints a line of the table, seen with -v.
func row(t *testing.T, format string, args ...any) {
	fmt.Fprintf(t.Output(), format+"\n", args...)
}

type expected struct {
	Error  string
	Fresh  bool
	Lock21 bool
	Cases  []expectedCase
}

type expectedCase struct {
	Python, Platform, Machine, Options string
	Groups, Extras, Packages           []string
}

// score counts a project's cases.
type score struct{ equal, all int }

func (s *score) add(equal bool) {
	s.all++
	if equal {
		s.equal++
	}
}

// TestConformance compares with Poetry's own answers for real projects: what is
// selected, by the filter or the walk, and which file of each package is chosen.
// -v prints a table.
func TestConformance(t *testing.T) {
	dir := conformance(t)
	if dir == "" {
		return
	}
	var projects map[string]expected
	load(t, dir, "selection.json", &projects)
	var files map[string]map[string]map[string]string
	load(t, dir, "files.json", &files)
	row(t, "%-75s %-6s %9s %9s", "project", "mode", "selection", "files")
	var selected, chosen score
	for _, name := range slices.Sorted(maps.Keys(projects)) {
		lock, _, err := lockfile.Parse(file(t, dir, name, "poetry.lock"))
		if want := projects[name]; want.Error != "" {
			if err == nil {
				t.Errorf("%s: Poetry refuses this lock", name)
			} else {
				row(t, "%-75s refused, as by Poetry", name)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s := checkSelection(t, dir, name, lock, projects[name])
		f := checkFiles(t, name, lock, files[name])
		mode := "walk"
		if lock.HasGroups() {
			mode = "filter"
		}
		row(t, "%-75s %-6s %4d/%4d %5d/%5d", name, mode, s.equal, s.all, f.equal, f.all)
		selected = score{selected.equal + s.equal, selected.all + s.all}
		chosen = score{chosen.equal + f.equal, chosen.all + f.all}
	}
	row(t, "%-75s %-6s %4d/%4d %5d/%5d", "all", "", selected.equal, selected.all, chosen.equal, chosen.all)
}

func checkSelection(t *testing.T, dir, name string, lock *lockfile.Lock, want expected) (s score) {
	project, _, err := pyproject.Parse(file(t, dir, name, "pyproject.toml"))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if got := lock.Fresh(project.Root); got != want.Fresh {
		t.Errorf("%s: fresh = %v, want %v", name, got, want.Fresh)
	}
	if lock.HasGroups() != want.Lock21 {
		t.Errorf("%s: HasGroups = %v", name, lock.HasGroups())
	}
	for _, c := range want.Cases {
		python, err := pep440.ParseVersion(c.Python)
		if err != nil {
			t.Fatal(err)
		}
		got, err := selection.Packages(project, lock, selection.Request{
			Groups: c.Groups, Extras: c.Extras, Python: python,
			Environment: pep508.NewEnvironment(c.Python, c.Platform, c.Machine),
		})
		if err != nil {
			t.Errorf("%s %s %s %s: %v", name, c.Python, c.Machine, c.Options, err)
		}
		diff := cmp.Diff(normal(c.Packages), ids(got))
		if diff != "" {
			t.Errorf("%s %s %s %s: %s", name, c.Python, c.Machine, c.Options, diff)
		}
		s.add(diff == "" && err == nil)
	}
	return s
}

// ids are name==version, the version normalised.
func ids(packages []*lockfile.Package) []string {
	var all []string
	for _, p := range packages {
		all = append(all, p.Name+"=="+p.Version.Value)
	}
	return normal(all)
}

func normal(ids []string) []string {
	all := []string{}
	for _, id := range ids {
		name, version, _ := strings.Cut(id, "==")
		if v, err := pep440.ParseVersion(version); err == nil {
			version = v.String()
		}
		all = append(all, name+"=="+version)
	}
	slices.Sort(all)
	return all
}
