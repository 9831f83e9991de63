package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/source"
)

// amd64 returns names of wheels for x86_64.
func amd64(name string, minors ...string) (all []string) {
	for _, m := range minors {
		all = append(all, fmt.Sprintf("%s-1.0-cp%s-cp%s-manylinux_2_17_x86_64.whl", name, m, m))
	}
	return all
}

// both returns names of wheels for x86_64 and aarch64.
func both(name string, minors ...string) (all []string) {
	for _, m := range minors {
		all = append(all, fmt.Sprintf("%s-1.0-cp%s-cp%s-manylinux_2_17_x86_64.whl", name, m, m), fmt.Sprintf("%s-1.0-cp%s-cp%s-manylinux_2_17_aarch64.whl", name, m, m))
	}
	return all
}

// entry is a package of a lock.
type entry struct {
	group, marker string
	files         []string
}

// entries returns a lock for those Pythons.
func entries(t *testing.T, python string, all ...entry) *lockfile.Lock {
	t.Helper()
	var b strings.Builder
	for _, e := range all {
		name, _, _ := strings.Cut(e.files[0], "-")
		group := e.group
		if group == "" {
			group = "main"
		}
		fmt.Fprintf(&b, "[[package]]\nname = %q\nversion = \"1.0\"\npython-versions = \"*\"\ngroups = [%q]\nmarkers = %q\nfiles = [\n", name, group, e.marker)
		for _, f := range e.files {
			fmt.Fprintf(&b, "  {file = %q, hash = \"sha256:%064d\"},\n", f, 1)
		}
		fmt.Fprint(&b, "]\n")
	}
	fmt.Fprintf(&b, "[extras]\nfast = []\n[metadata]\nlock-version = \"2.1\"\npython-versions = %q\ncontent-hash = \"ab\"\n", python)
	l, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte(b.String())})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestDefaultPython(t *testing.T) {
	const sdist = "-1.0.tar.gz"
	files := func(all ...[]string) (files []string) {
		for _, f := range all {
			files = append(files, f...)
		}
		return files
	}
	for name, c := range map[string]struct {
		settings  string
		lock      []entry
		want, why string
	}{
		"nothing to compile": {lock: []entry{{files: []string{"pure-1.0-py3-none-any.whl"}}}, want: "3.12"},
		"the newest with a wheel": {
			lock: []entry{{files: amd64("native", "311")}}, want: "3.11",
			why: "Python 3.11 is chosen, and not 3.12, for which the lock has no file of native",
		},
		"the newest that takes no compiler": {
			lock: []entry{{files: append(both("native", "310"), "native"+sdist)}}, want: "3.10",
			why: "for which the lock has no wheel of native",
		},
		"the stable ABI":               {lock: []entry{{files: []string{"native-1.0-cp39-abi3-manylinux_2_17_x86_64.whl"}}}, want: "3.12"},
		"wheels for no Python at all":  {lock: []entry{{files: []string{"native-1.0-cp27-cp27m-manylinux_2_17_x86_64.whl"}}}, want: "3.12"},
		"built for every Python alike": {lock: []entry{{files: []string{"source-1.0.tar.gz"}}}, want: "3.12"},
		"a wheel for Python 2 rules nothing out": {lock: []entry{
			{files: []string{"old-1.0-py2-none-any.whl", "old" + sdist}},
			{files: append(both("native", "311"), "native"+sdist)},
		}, want: "3.11", why: "no wheel of native"},
		"fewer, though not none": {lock: []entry{
			{files: append(both("a", "310"), "a"+sdist)}, {files: append(both("b", "311"), "b"+sdist)}, {files: append(both("c", "311"), "c"+sdist)},
		}, want: "3.11", why: "no wheel of b, c"},
		"the newest of equals": {lock: []entry{
			{files: append(both("a", "310"), "a"+sdist)}, {files: append(both("b", "311"), "b"+sdist)},
		}, want: "3.11", why: "no wheel of b"},
		"a compiler rather than no file": {lock: []entry{
			{files: both("a", "312")}, {files: append(both("b", "310"), "b"+sdist)}, {files: append(both("c", "310"), "c"+sdist)},
		}, want: "3.12"},
		"what only one platform lacks counts": {lock: []entry{{files: files(both("a", "310"), amd64("a", "311", "312"))}}, want: "3.10", why: "no file of a"},
		"what one platform never has":         {lock: []entry{{files: append(amd64("a", "310", "311"), "a"+sdist)}}, want: "3.11", why: "no wheel of a"},
		"of another group":                    {lock: []entry{{group: "dev", files: both("a", "310")}}, want: "3.10", why: "no file of a"},
		"of an optional group":                {lock: []entry{{group: "docs", files: both("a", "310")}}, want: "3.12"},
		"of an optional group that production has": {
			settings: "[tool.quatrain.target.production]\ngroups = [\"main\", \"docs\"]",
			lock:     []entry{{group: "docs", files: both("a", "310")}}, want: "3.10", why: "no file of a",
		},
		"of an extra that nobody asks for": {lock: []entry{{marker: `extra == "fast"`, files: both("a", "310")}}, want: "3.12"},
		"of an extra": {
			settings: "[tool.quatrain]\nextras = [\"fast\"]",
			lock:     []entry{{marker: `extra == "fast"`, files: both("a", "310")}}, want: "3.10", why: "no file of a",
		},
		"of an extra of production": {
			settings: "[tool.quatrain.target.production]\nextras = [\"fast\"]",
			lock:     []entry{{marker: `extra == "fast"`, files: both("a", "310")}}, want: "3.10", why: "no file of a",
		},
		"needed by an old Python only": {lock: []entry{{marker: `python_version < "3.11"`, files: both("a", "310")}}, want: "3.12"},
		"for musl": {
			settings: "[tool.quatrain]\nbase = \"python:{python}-alpine\"",
			lock:     []entry{{files: append(both("a", "312"), "a-1.0-cp311-cp311-musllinux_1_2_x86_64.whl", "a-1.0-cp311-cp311-musllinux_1_1_aarch64.whl")}}, want: "3.11", why: "no file of a",
		},
		"the names are few": {lock: []entry{
			{files: both("a", "310")}, {files: both("b", "310")}, {files: both("c", "310")}, {files: both("d", "310")}, {files: both("e", "310")}, {files: both("f", "310")},
		}, want: "3.10", why: "no file of a, b, c, d, e, …"},
	} {
		p := project(t, c.settings)
		l := entries(t, ">=3.9,<3.13", c.lock...)
		for _, platform := range []string{"linux/amd64", "linux/arm64", "linux/s390x"} {
			for _, target := range builtin {
				resolved, err := ResolveTarget(p, target)
				if err != nil {
					t.Fatal(err)
				}
				got, err := ChoosePython(Input{Project: p, Lock: l, Target: resolved, Platform: platform, Budget: selection.NewBudget()}, "", source.Text{})
				if err != nil || got.Version != c.want || (c.why == "") != (got.Why == nil) || got.Why != nil && !strings.Contains(got.Why.Error(), c.why) {
					t.Errorf("%s, %s, %s: %+v, %v, want %s: %s", name, platform, target, got, err, c.want, c.why)
				}
			}
		}
	}
}

// What project and lock allow, in releases.
func TestAllowedReleases(t *testing.T) {
	for _, c := range []struct{ project, lock, asked, want, why string }{
		{"3.11.7", "3.11.7", "", "3.11.7", ""},
		{"==3.11.7", "*", "", "3.11.7", ""},
		{"*", "==3.11.7", "", "3.11.7", ""},
		{"3.11.7", "3.11.7", "3.11", "3.11.7", ""},
		{"3.11.7", "3.11.7", "3.11.7", "3.11.7", ""},
		{"3.11.7 || 3.12.4", "*", "", "3.12.4", ""},
		{"3.11.7 || 3.12.4", "*", "3.11", "3.11.7", ""},
		{"~3.11.5", "~3.11.5", "", "3.11", ""},
		{">=3.11.5,<3.12", "*", "", "3.11", ""},
		{">=3.11,<3.11.9", "*", "", "3.11.8", ""},
		{">=3.9,<=3.11.4", "*", "", "3.10", "of 3.11 the project allows no release after 3.11.4"},
		{">=3.9,<=3.11", "*", "", "3.10", "of 3.11 the project allows no release after 3.11.0"},
		{">=3.9,<=3.11", "*", "3.11", "3.11.0", ""},
		{"3.11", "3.11", "", "3.11.0", "the project allows no other release of 3.11"},
		{">=3.11,!=3.11.4,<3.12", "*", "", "3.11", ""},
		{">=3.14,<3.15,!=3.14." + fmt.Sprint(seriesOf("3.14").newest), "*", "", fmt.Sprintf("3.14.%d", seriesOf("3.14").newest-1), ""},
		{">=3.11.90,<3.12", "*", "", "3.11", ""},  // newer than what is known
		{"==3.11.90", "*", "", "3.11.90", ""},     // and what it is
		{"==3.15.0rc1", "*", "", "3.15.0rc1", ""}, // there are images of these too
		{">=3.16,<3.17", "*", "3.16", "3.16", ""}, // a minor version that is not known
		{"==3.16.2", "*", "3.16", "3.16.2", ""},   // and of that the only release
		{">=3.10", ">=3.10", "", known[0].minor, ""},
	} {
		p := parse(t, fmt.Sprintf("[tool.poetry]\nname = \"x\"\nversion = \"1\"\n[tool.poetry.dependencies]\npython = %q\n", c.project))
		got, err := ChoosePython(Input{Project: p, Lock: entries(t, c.lock)}, c.asked, source.Text{})
		if err != nil || got.Version != c.want || (c.why == "") != (got.Why == nil) || got.Why != nil && !strings.Contains(got.Why.Error(), c.why) {
			t.Errorf("%q, %q, asked %q: %+v, %v, want %s: %s", c.project, c.lock, c.asked, got, err, c.want, c.why)
		}
	}
}

func TestGuessRelease(t *testing.T) {
	newest := func(minor string) string { return seriesOf(minor).release(seriesOf(minor).newest) }
	for _, c := range []struct {
		project, image, want string
		guessed              bool
	}{
		{">=3.9", "docker.io/library/python:3.11-slim", newest("3.11"), true},
		{"~3.11.5", "docker.io/library/python:3.11-slim", newest("3.11"), true},
		{"<3.11.5", "docker.io/library/python:3.11-slim", "3.11.4", true},
		{">=3.9", "python:3.11.7-slim", "3.11.7", false},
		{">=3.12", "python:3.11-slim", newest("3.11"), true}, // which is then said to be excluded
		{">=3.9", "python:3.99-slim", "3.99.0", true},
		{">=3.9", "localhost:5000/corp/python:2026-3.13t@sha256:00", newest("3.13") + "t", true},
		{">=3.9", "corp/python:3.13.1t", "3.13.1t", false},
		{">=3.9", "python:3.15.0rc1-slim", "3.15.0rc1", false},
		{">=3.9,<3.13", "corp/base:1", newest("3.12"), true},
		{"<3.6", "debian:bookworm", newest(known[0].minor), true},
	} {
		p := parse(t, fmt.Sprintf("[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = %q\n", c.project))
		if got, guessed := GuessRelease(p, entries(t, "*"), c.image); got != c.want || guessed != c.guessed {
			t.Errorf("%s, %s: %s, %v", c.project, c.image, got, guessed)
		}
	}
}

// The table is sorted, and has no version that pip does not run on.
func TestKnown(t *testing.T) {
	for i, s := range known {
		if want := fmt.Sprintf("3.%d", 9+len(known)-1-i); s.minor != want || s.newest < 0 || s.newest >= later {
			t.Errorf("%+v, want %s", s, want)
		}
	}
}

// The default takes at most half of the budget, and if that does not do it is the newest.
func TestDefaultPythonHasABudget(t *testing.T) {
	p := project(t, "")
	l := entries(t, ">=3.9,<3.13", entry{files: amd64("native", "311")})
	l.File.Data = append(l.File.Data, strings.Repeat("#\n", 4<<20)...)
	in := Input{Project: p, Lock: l, Budget: selection.NewBudget()}
	full := in.Budget.Left()
	if got, err := ChoosePython(in, "", source.Text{}); err != nil || got.Version != "3.11" || in.Budget.Left() >= full || in.Budget.Left() < full/2 {
		t.Errorf("%+v, %v, %d of %d left", got, err, in.Budget.Left(), full)
	}
	// Markers are dear: they are read for each Python.
	in.Budget = selection.NewBudget()
	in.Lock = entries(t, ">=3.9,<3.13", entry{files: amd64("native", "311"), marker: strings.Repeat("os_name == 'posix' or ", 200_000) + "os_name == 'posix'"})
	if got, err := ChoosePython(in, "", source.Text{}); err != nil || got.Version != "3.12" || got.Why != nil {
		t.Errorf("%+v, %v", got, err)
	}
	in.Lock = l
	in.Budget.Spend(int(in.Budget.Left()) - 1000)
	if got, err := ChoosePython(in, "", source.Text{}); err != nil || got.Version != "3.12" || got.Why != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// A Python for which a lock that has to be walked has no solution is none.
func TestDefaultPythonHasASolution(t *testing.T) {
	p := parse(t, "[tool.poetry]\nname = \"x\"\nversion = \"1\"\n[tool.poetry.dependencies]\npython = \">=3.9,<3.13\"\na = \"*\"\n")
	l, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte("[[package]]\nname = \"a\"\nversion = \"1.0\"\npython-versions = \"<3.12\"\nfiles = [{file = \"a-1.0-py3-none-any.whl\", hash = \"sha256:" + strings.Repeat("0", 64) + "\"}]\n[metadata]\nlock-version = \"2.0\"\npython-versions = \">=3.9,<3.13\"\ncontent-hash = \"ab\"\n")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := ChoosePython(Input{Project: p, Lock: l, Budget: selection.NewBudget()}, "", source.Text{})
	if err != nil || got.Version != "3.11" || got.Why == nil || !strings.Contains(got.Why.Message, "Python 3.11 is chosen, and not 3.12, for which the lock has no solution") {
		t.Errorf("%+v, %v", got, err)
	}
}
