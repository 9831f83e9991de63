package selection_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/pep440"
	"github.com/quatrain-build/quatrain/internal/pep508"
	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/selection"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/tags"
)

// conformance is the folder with real projects and Poetry's own answers; "" where
// it is not there.
func conformance(t *testing.T) string {
	dir := os.Getenv("QUATRAIN_CONFORMANCE")
	if dir == "" {
		dir = "../../../shared/conformance"
	}
	if _, err := os.Stat(dir); err != nil {
		t.Logf("the conformance cases did not run: %s is not there (set QUATRAIN_CONFORMANCE)", dir)
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

type expected struct {
	Error  string
	Fresh  bool
	Lock21 bool
	Cases  []struct {
		Python, Platform, Machine, Options string
		Groups, Extras, Packages           []string
	}
}

func TestSelectionConformance(t *testing.T) {
	dir := conformance(t)
	if dir == "" {
		return
	}
	var projects map[string]expected
	load(t, dir, "selection.json", &projects)
	for name, want := range projects {
		t.Run(name, func(t *testing.T) {
			lock, _, err := lockfile.Parse(file(t, dir, name, "poetry.lock"))
			if want.Error != "" {
				if err == nil {
					t.Error("Poetry refuses this lock")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			project, _, err := pyproject.Parse(file(t, dir, name, "pyproject.toml"))
			if err != nil {
				t.Fatal(err)
			}
			if got := lock.Fresh(project.Root); got != want.Fresh {
				t.Errorf("fresh = %v, want %v", got, want.Fresh)
			}
			if lock.HasGroups() != want.Lock21 {
				t.Errorf("HasGroups = %v", lock.HasGroups())
			}
			if !want.Lock21 {
				return // these need the walk: their error is tested below
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
					t.Errorf("%s %s %s: %v", c.Python, c.Machine, c.Options, err)
					continue
				}
				var names []string
				for _, p := range got {
					names = append(names, p.Name+"=="+normal(p.Version.Value))
				}
				var wanted []string
				for _, p := range c.Packages {
					n, v, _ := strings.Cut(p, "==")
					wanted = append(wanted, n+"=="+normal(v))
				}
				slices.Sort(names)
				slices.Sort(wanted)
				if diff := cmp.Diff(wanted, names); diff != "" {
					t.Errorf("%s %s %s: %s", c.Python, c.Machine, c.Options, diff)
				}
			}
		})
	}
}

func normal(version string) string {
	v, err := pep440.ParseVersion(version)
	if err != nil {
		return version
	}
	return v.String()
}

var targetName = regexp.MustCompile(`^cp3(\d+)(t?)-(glibc|musl)(\d)\.(\d+)-(\w+?)(\+native-first)?$`)

func TestFileConformance(t *testing.T) {
	dir := conformance(t)
	if dir == "" {
		return
	}
	var projects map[string]map[string]map[string]string
	load(t, dir, "files.json", &projects)
	cases := 0
	for name, targets := range projects {
		lock, _, err := lockfile.Parse(file(t, dir, name, "poetry.lock"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		packages := map[string]*lockfile.Package{}
		for _, p := range lock.Packages {
			packages[p.Name+"=="+p.Version.Value] = p
		}
		for target, files := range targets {
			m := targetName.FindStringSubmatch(target)
			if m == nil {
				continue // macOS
			}
			number := func(s string) int { n, _ := strconv.Atoi(s); return n }
			list := tags.Linux(tags.Interpreter{Major: 3, Minor: number(m[1]), FreeThreaded: m[2] == "t"}, m[6],
				tags.Libc{Family: m[3], Major: number(m[4]), Minor: number(m[5])}, m[7] != "")
			for id, want := range files {
				cases++
				pkg := packages[id]
				if pkg == nil {
					t.Errorf("%s: %s is not in the lock", name, id)
					continue
				}
				got, err := selection.Choose(pkg, list, selection.FileOptions{})
				if strings.HasPrefix(want, "!") != (err != nil) || err == nil && got.Name != want {
					t.Errorf("%s %s %s: %q (%v), want %q", name, target, id, got.Name, err, want)
				}
			}
		}
	}
	t.Logf("%d files chosen", cases)
}
