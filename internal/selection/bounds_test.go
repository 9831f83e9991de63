package selection_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/pep440"
	"github.com/quatrain-build/quatrain/internal/pep508"
	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/selection"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Extras and versions that exclude each other: the error names the needs.
func TestConflictOfExtras(t *testing.T) {
	for name, c := range map[string]struct{ needs, want string }{
		"extra first":  {`"a[x]==1", "a==2"`, "but the lock has a 2, 1"},
		"extra second": {`"a==2", "a[x]==1"`, "but the lock has a 2, 1"},
		"two extras":   {`"a[x]==1", "a[y]==2"`, "but the lock has a 2, 1"},
		"from another": {`"b", "a[x]==1"`, "but the lock has a 2, 1"},
	} {
		t.Run(name, func(t *testing.T) {
			lock := ""
			for _, v := range []string{"1", "2"} {
				lock += locked("a", v, "[package.extras]\nx = []\ny = []\n")
			}
			lock += locked("b", "1", "[package.dependencies]\na = \"2\"\n")
			p, l := projectAndLock(t, c.needs, lock)
			_, err := selectFrom(t, p, l)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// n+1 pigeons and n holes: there is no solution, and no short proof. The search ends by its
// budget, once for all that share it.
func TestWalkIsBounded(t *testing.T) {
	const n = 24
	var needs, lock []string
	for i := range n + 1 {
		needs = append(needs, fmt.Sprintf("\"p%d\"", i))
		for v := 1; v <= n; v++ {
			var others strings.Builder
			for j := range n + 1 {
				if j != i {
					fmt.Fprintf(&others, "p%d = \"!=%d\"\n", j, v)
				}
			}
			lock = append(lock, locked(fmt.Sprintf("p%d", i), fmt.Sprint(v), "\n[package.dependencies]\n"+others.String()))
		}
	}
	p, l := projectAndLock(t, strings.Join(needs, ", "), strings.Join(lock, ""))
	python, err := pep440.ParseVersion("3.11.9")
	if err != nil {
		t.Fatal(err)
	}
	r := selection.Request{Groups: []string{"main"}, Python: python, Environment: pep508.LinuxEnvironment("3.11.9", "x86_64"), Budget: selection.NewBudget()}
	full := r.Budget.Left()
	for range 6 { // as many Pythons as there are
		if _, err = selection.Packages(p, l, r); err == nil || !strings.Contains(err.Error(), "the search for those that fit together was given up") {
			t.Error(err)
		}
	}
	if spent := full - r.Budget.Left(); spent > full+full/10 {
		t.Errorf("six searches spent %d of a budget of %d", spent, full)
	}
}

func projectAndLock(t *testing.T, needs, packages string) (*pyproject.Project, *lockfile.Lock) {
	t.Helper()
	text := "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [" + needs + "]\n"
	p, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	text = packages + "\n[metadata]\nlock-version = \"2.0\"\npython-versions = \">=3.11\"\ncontent-hash = \"x\"\n"
	l, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return p, l
}
