package selection_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
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

// The work of the walk is counted wherever a lock can make much of it. Locks of a usual
// size have plenty; of the largest, the search is given up in time.
func TestWalkCountsItsWork(t *testing.T) {
	repeat := func(n int, text string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(text, "#", fmt.Sprint(i)))
		}
		return b.String()
	}
	leaves := func(n int) string { return repeat(n, locked("p#", "1", "")) }
	clauses := strings.TrimSuffix(repeat(90, "!=#.1,"), ",")
	for name, c := range map[string]struct {
		usual, most int
		needs, lock func(n int) string
	}{
		"wide": {500, 4000, func(n int) string { return strings.TrimSuffix(repeat(n, "\"p#\","), ",") }, leaves},
		"star": {500, 4000, func(int) string { return `"a"` }, func(n int) string {
			return locked("a", "1", "[package.dependencies]\n"+repeat(n, "p# = \"<2\"\n")) + leaves(n)
		}},
		"extras": {300, 4000, func(int) string { return `"a[e0]"` }, func(n int) string {
			return locked("a", "1", "[package.dependencies]\n"+repeat(n, "p# = {version = \"*\", optional = true, markers = \"extra == 'e#'\"}\n")+
				"[package.extras]\n"+strings.TrimSuffix(repeat(n, "e# = [\"p#\", \"a[e#1]\", \"a[e#2]\"]\n"), ",")) + leaves(n)
		}},
		"constraints": {100, 2000, func(int) string { return `"a"` }, func(n int) string {
			return locked("a", "1", "[package.dependencies]\n"+repeat(n, "p# = \"!=#.5,"+clauses+"\"\n")) + leaves(n)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{c.usual, c.most} {
				p, l := projectAndLock(t, c.needs(n), c.lock(n))
				python, err := pep440.ParseVersion("3.11.9")
				if err != nil {
					t.Fatal(err)
				}
				r := selection.Request{Groups: []string{"main"}, Python: python, Environment: pep508.LinuxEnvironment("3.11.9", "x86_64"), Budget: selection.NewBudget()}
				full := r.Budget.Left()
				_, err = selection.Packages(p, l, r)
				if givenUp := err != nil && strings.Contains(err.Error(), "was given up"); err != nil && !givenUp || n == c.usual && givenUp {
					t.Errorf("%d: %.300v", n, err)
				}
				if spent := full - r.Budget.Left(); spent < int64(n) || spent > full+full/10 {
					t.Errorf("%d: %d of %d is spent", n, spent, full)
				}
			}
		})
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
