package selection_test

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/python/tags"
)

var (
	linuxTarget = regexp.MustCompile(`^cp3(\d+)(t?)-(glibc|musl)(\d)\.(\d+)-(\w+?)(\+native-first)?$`)
	macTarget   = regexp.MustCompile(`^cp3(\d+)(t?)-macos(\d+)-(\w+)$`)
)

// targetTags reads the name of a target in files.json.
func targetTags(t *testing.T, target string) tags.List {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := macTarget.FindStringSubmatch(target); m != nil {
		return tags.MacOS(tags.Interpreter{Major: 3, Minor: number(m[1]), FreeThreaded: m[2] == "t"}, m[4], number(m[3]))
	}
	m := linuxTarget.FindStringSubmatch(target)
	if m == nil {
		t.Fatalf("target %q is not known", target)
	}
	return tags.Linux(tags.Interpreter{Major: 3, Minor: number(m[1]), FreeThreaded: m[2] == "t"}, m[6],
		tags.Libc{Family: m[3], Major: number(m[4]), Minor: number(m[5])}, m[7] != "")
}

func checkFiles(t *testing.T, name string, lock *lockfile.Lock, targets map[string]map[string]string) (s score) {
	packages := map[string]*lockfile.Package{}
	for _, p := range lock.Packages {
		packages[p.Name+"=="+p.Version.Value] = p
	}
	for target, files := range targets {
		list := targetTags(t, target)
		for id, want := range files {
			pkg := packages[id]
			if pkg == nil {
				t.Errorf("%s: %s is not in the lock", name, id)
				continue
			}
			got, err := selection.Choose(pkg, list, selection.FileOptions{})
			equal := strings.HasPrefix(want, "!") == (err != nil) && (err != nil || got.Name == want)
			if !equal {
				t.Errorf("%s %s %s: %q (%v), want %q", name, target, id, got.Name, err, want)
			}
			s.add(equal)
		}
	}
	return s
}

func TestChoose(t *testing.T) {
	list := tags.Linux(tags.Interpreter{Major: 3, Minor: 11}, "x86_64", tags.Libc{Family: "glibc", Major: 2, Minor: 36}, true)
	const (
		sdist  = "demo-1.0.tar.gz"
		zip    = "demo-1.0.zip"
		pure   = "demo-1.0-py3-none-any.whl"
		built  = "demo-1.0-1-py3-none-any.whl"
		native = "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"
		newer  = "demo-1.0-cp311-cp311-manylinux_2_38_x86_64.whl"
		other  = "demo-2.0-py3-none-any.whl"
		old    = "demo-0.9.tar.gz"
	)
	all, none := []string{":all:"}, []string(nil)
	for _, c := range []struct {
		files                string
		noBinary, onlyBinary []string
		want                 string
	}{
		{sdist + " " + pure + " " + native, none, none, native},
		{native + " " + built, none, none, built},
		{newer + " " + sdist, none, none, sdist},
		{zip + " " + sdist, none, none, zip},
		{"demo-1.0-py3.11.egg demo-1.0.exe demo-1.0.msi", none, none, ""},
		{other + " " + old + " " + pure, none, none, pure},
		{other + " " + old, none, none, ""},
		{"Demo-1.0.0-py3-none-any.whl", none, none, "Demo-1.0.0-py3-none-any.whl"},
		{pure + " " + sdist, all, none, sdist},
		{pure + " " + sdist, []string{"demo"}, none, sdist},
		{pure + " " + sdist, []string{"Demo"}, none, pure},
		{pure + " " + sdist, all, []string{"demo"}, pure},
		{pure + " " + sdist, []string{"demo"}, all, sdist},
		{pure + " " + sdist, []string{":none:"}, none, pure},
		{sdist, none, all, ""},
		{pure, []string{"demo"}, []string{"demo"}, ""},
	} {
		pkg := &lockfile.Package{Name: "demo"}
		pkg.Version.Value = "1.0"
		for _, f := range strings.Fields(c.files) {
			pkg.Files = append(pkg.Files, lockfile.File{Name: f})
		}
		got, err := selection.Choose(pkg, list, selection.FileOptions{NoBinary: c.noBinary, OnlyBinary: c.onlyBinary})
		if got.Name != c.want || (err != nil) != (c.want == "") {
			t.Errorf("of %s (no-binary %v, only-binary %v): %q, %v; want %q", c.files, c.noBinary, c.onlyBinary, got.Name, err, c.want)
		}
		var missing *selection.NoFileError
		if err != nil && (!errors.As(err, &missing) || len(missing.Files) != len(pkg.Files) || len(missing.Wanted) == 0) {
			t.Errorf("%v has no details", err)
		}
	}
}

// A url or file dependency is the one file that the lock has, whatever its name.
func TestChooseArchive(t *testing.T) {
	list := tags.Linux(tags.Interpreter{Major: 3, Minor: 11}, "x86_64", tags.Libc{Family: "glibc", Major: 2, Minor: 36}, true)
	for _, name := range []string{"main.zip", "v1.2.3.tar.gz", "demo-latest.tgz", "master.tar.bz2", "0123abcd.tar", "download"} {
		for kind, want := range map[string]bool{"url": true, "file": true, "legacy": false} {
			pkg := &lockfile.Package{Name: "demo", Source: &lockfile.Source{Type: kind}, Files: []lockfile.File{{Name: name}}}
			pkg.Version.Value = "1.0"
			if got, err := selection.Choose(pkg, list, selection.FileOptions{}); (err == nil) != want || want && got.Name != name {
				t.Errorf("%s of a %s source: %q, %v", name, kind, got.Name, err)
			}
		}
	}
}
