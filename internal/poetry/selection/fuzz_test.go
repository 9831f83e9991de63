package selection_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
)

// smallLock is a lock of three names in up to three versions. A need is the set of
// versions that it allows, 0 where there is no need.
type smallLock struct {
	root  [names]byte
	needs [names][versions][names]byte
}

const names, versions, allowsAll = 3, 3, 1<<versions - 1

func newSmallLock(data []byte) (l smallLock) {
	next := func() (b byte) {
		if len(data) > 0 {
			b, data = data[0]&allowsAll, data[1:]
		}
		return b
	}
	for i := range l.root {
		l.root[i] = next()
	}
	for i := range l.needs {
		for v := range l.needs[i] {
			for j := range l.needs[i][v] {
				if need := next(); j != i {
					l.needs[i][v][j] = need
				}
			}
		}
	}
	return l
}

func name(i int) string { return string(rune('a' + i)) }

func constraint(set byte) string {
	var all []string
	for v := range versions {
		if set>>v&1 == 1 {
			all = append(all, fmt.Sprintf("==%d", v+1))
		}
	}
	return strings.Join(all, " || ")
}

func dependencies(needs [names]byte) string {
	text := ""
	for i, set := range needs {
		if set != 0 {
			text += fmt.Sprintf("%s = %q\n", name(i), constraint(set))
		}
	}
	return text
}

// reach returns the names that a choice of versions installs, and whether all needs are met.
func (l smallLock) reach(chosen [names]int) (installed [names]bool, ok bool) {
	visit := []([names]byte){l.root}
	for len(visit) > 0 {
		for i, set := range visit[0] {
			if set == 0 {
				continue
			}
			if set>>chosen[i]&1 == 0 {
				return installed, false
			}
			if !installed[i] {
				installed[i] = true
				visit = append(visit, l.needs[i][chosen[i]])
			}
		}
		visit = visit[1:]
	}
	return installed, true
}

// solutions returns all that can be installed, by trying every choice.
func (l smallLock) solutions() map[string]bool {
	all := map[string]bool{}
	for n := range versions * versions * versions {
		chosen := [names]int{n % versions, n / versions % versions, n / versions / versions}
		if installed, ok := l.reach(chosen); ok {
			var ids []string
			for i, v := range chosen {
				if installed[i] {
					ids = append(ids, fmt.Sprintf("%s==%d", name(i), v+1))
				}
			}
			all[strings.Join(ids, " ")] = true
		}
	}
	return all
}

// FuzzWalk holds the walk against a search of all choices: it finds one of the solutions,
// or an error where there is none.
func FuzzWalk(f *testing.F) {
	f.Add([]byte{7, 0, 0, 0, 7, 0, 0, 7, 7})
	f.Add([]byte{7, 7, 7, 0, 1, 2, 0, 2, 1, 0, 4, 4, 6, 0, 1, 5, 0, 2, 3, 0, 4, 1, 2, 0, 2, 1, 0, 4, 4, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		l := newSmallLock(data)
		packages := ""
		for i := range names {
			for v := range versions {
				packages += locked(name(i), fmt.Sprint(v+1), "[package.dependencies]\n"+dependencies(l.needs[i][v]))
			}
		}
		project, lock := parse(t, dependencies(l.root), packages, "2.0")
		python, _ := pep440.ParseVersion("3.11.9")
		got, err := selection.Packages(project, lock, selection.Request{
			Groups: []string{"main"}, Python: python, Environment: pep508.LinuxEnvironment("3.11.9", "x86_64"),
		})
		want := l.solutions()
		if found := strings.Join(ids(got), " "); (err == nil) != (len(want) > 0) || err == nil && !want[found] {
			t.Errorf("%q, %v; solutions are %v\n%s%s", found, err, want, dependencies(l.root), packages)
		}
	})
}
