package apt

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

func TestCheckPackage(t *testing.T) {
	for _, ok := range []string{"libpq5", "g++", "libstdc++6", "gcc:arm64", "libpq5=15.6-0+deb12u1", "python3.11"} {
		if err := checkPackage(ok); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	for _, wrong := range []string{"", "-y", "--force-yes", "libpq5-", "a", "./x.deb", "/x.deb", "x*", "x y", "x;rm", "X", "x/stable", "lib\n", "x=1;", "x=1-"} {
		if checkPackage(wrong) == nil {
			t.Errorf("%q: accepted", wrong)
		}
	}
}

func put(t *testing.T, root, name, text string) {
	t.Helper()
	p := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestInstall(t *testing.T) {
	root := t.TempDir()
	for _, f := range []string{
		"var/lib/apt/lists/deb.debian.org_x", "var/cache/apt/pkgcache.bin", "var/cache/apt/archives/x.deb",
		"var/log/apt/history.log", "var/log/dpkg.log", "var/log/alternatives.log", "var/cache/ldconfig/aux-cache",
		"var/lib/dpkg/status", "var/lib/dpkg/status-old", "usr/bin/x",
	} {
		put(t, root, f, "")
	}
	put(t, root, systemBundle, "SYSTEM")
	put(t, root, step.CA, "-----BEGIN CERTIFICATE-----company")
	put(t, root, filepath.Join(step.CADir, "a.crt"), "-----BEGIN CERTIFICATE-----folder")
	put(t, root, filepath.Join(step.CADir, "README"), "stray")
	t.Setenv("TMPDIR", filepath.Join(root, "tmp")) // as in the image, where it is a folder like others
	if err := os.Mkdir(filepath.Join(root, "tmp"), 0o755); err != nil {
		t.Fatal(err)
	}
	old := time.Unix(1e9, 0)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Symlink("x", filepath.Join(root, "usr/bin/link")))
	must(os.Chtimes(filepath.Join(root, "usr/bin/x"), old, old)) // a package's own time
	must(os.Chtimes(filepath.Join(root, "usr"), old, old))
	var ran []string
	var ca string
	i := installer{root: root, packageNames: known("g++"), run: func(argv ...string) error {
		at := slices.IndexFunc(argv, func(a string) bool { return strings.HasPrefix(a, "Acquire::https::CAInfo=") })
		ca = strings.TrimPrefix(argv[at], "Acquire::https::CAInfo=")
		text, err := os.ReadFile(ca)
		if want := "SYSTEM\n-----BEGIN CERTIFICATE-----company\n-----BEGIN CERTIFICATE-----folder"; string(text) != want {
			t.Errorf("bundle %q, %v", text, err)
		}
		ran = append(ran, strings.Join(argv[at+1:], " "))
		return nil
	}}
	if err := i.install([]string{"libpq5", "g++"}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"update", "install -y --no-install-recommends -- libpq5 g++"}; !slices.Equal(ran, want) {
		t.Errorf("ran %q", ran)
	}
	if _, err := os.Stat(filepath.Dir(ca)); err == nil {
		t.Errorf("%s is still there", ca)
	}
	for name, want := range map[string]time.Time{
		"usr": old, "usr/bin": fixed.Time, "usr/bin/x": old, "usr/bin/link": fixed.Time,
		"var/lib/dpkg": fixed.Time, "var/lib/dpkg/status": fixed.Time, "var/log": fixed.Time, "tmp": fixed.Time,
	} {
		info, err := os.Lstat(filepath.Join(root, name))
		must(err)
		if !info.ModTime().Equal(want) {
			t.Errorf("%s is of %s, want %s", name, info.ModTime().UTC(), want.UTC())
		}
	}
	var left []string
	filepath.Walk(root, func(p string, info os.FileInfo, err error) error {
		if rel, _ := filepath.Rel(root, p); err == nil && !info.IsDir() && !strings.HasPrefix(rel, ".quatrain") {
			left = append(left, rel)
		}
		return err
	})
	if want := []string{systemBundle, "usr/bin/link", "usr/bin/x", "var/lib/dpkg/status"}; !slices.Equal(left, want) {
		t.Errorf("left %q", left)
	}
}

// A download that failed is begun anew, lists and all, and nothing else is.
func TestAgain(t *testing.T) {
	hung := &step.Problem{Kind: step.Unreachable, Message: "hung"}
	broken := &step.Problem{Kind: step.Failed, Message: "broken"}
	for name, c := range map[string]struct {
		answers []error
		ran     int
		want    error
	}{
		"update hangs once":     {[]error{hung, nil, nil}, 3, nil},
		"an archive hangs once": {[]error{nil, hung, nil, nil}, 4, nil},
		"update always hangs":   {[]error{hung, hung, hung}, 3, hung},
		"a package is broken":   {[]error{nil, broken}, 2, broken},
	} {
		t.Run(name, func(t *testing.T) {
			ran := 0
			i := installer{root: t.TempDir(), run: func(...string) error {
				ran++
				return c.answers[ran-1]
			}}
			if err := i.updateAndInstall([]string{"libpq5"}); err != c.want || ran != c.ran {
				t.Errorf("%v after %d", err, ran)
			}
		})
	}
}

// known is a Debian with these packages.
func known(packages ...string) func(*lines) error {
	return func(l *lines) error {
		_, err := l.Write([]byte("bash\n" + strings.Join(packages, "\n") + "\n"))
		return err
	}
}

// A name that apt-get would take for a pattern or an order is refused before it does.
func TestExactNames(t *testing.T) {
	for _, name := range []string{"bash.", "libboost1.7", "gcc-1.", "bash+", "python3.1", "libpq.", "python3.1=3.11", "python3.1:amd64"} {
		var ran []string
		i := installer{root: t.TempDir(), packageNames: known("python3.11", "libboost1.74-dev", "libpq5"), run: func(argv ...string) error {
			ran = append(ran, argv[len(argv)-1])
			return nil
		}}
		err := i.updateAndInstall([]string{"libpq5", name})
		if err == nil || !strings.Contains(err.Error(), "the base image's Debian has no package with that name") || !slices.Equal(ran, []string{"update"}) {
			t.Errorf("%s: %v, ran %q", name, err, ran)
		}
	}
	for _, name := range []string{"python3.11", "libstdc++6", "g++", "g++=4:12.2.0-3", "libstdc++6:amd64"} {
		i := installer{root: t.TempDir(), packageNames: known("python3.11", "libstdc++6", "g++"), run: func(...string) error { return nil }}
		if err := i.updateAndInstall([]string{name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The others need no list: apt-get refuses a name that it does not know.
	if err := (installer{root: t.TempDir(), run: func(...string) error { return nil }}).updateAndInstall([]string{"no-such-package"}); err != nil {
		t.Error(err)
	}
}

// The names are apt-cache's own, as of apt 1.8 and newer.
func TestAptNames(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	put(t, bin, "apt-cache", "#!/bin/sh\n[ \"$*\" = '--all-names pkgnames' ] || exit 1\necho g++\necho awk\n")
	if err := os.Chmod(filepath.Join(bin, "apt-cache"), 0o755); err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := aptNames(&lines{do: func(line string) { got = append(got, line) }}); err != nil || !slices.Equal(got, []string{"g++", "awk"}) {
		t.Errorf("%q, %v", got, err)
	}
	put(t, bin, "apt-cache", "#!/bin/sh\necho E: broken >&2\nexit 100\n")
	if err := aptNames(&lines{do: func(string) {}}); err == nil || !strings.Contains(err.Error(), "E: broken") {
		t.Error(err)
	}
}

func TestNoCertificates(t *testing.T) {
	options, remove, err := installer{root: t.TempDir()}.trust()
	defer remove()
	if err != nil || options != nil {
		t.Errorf("%q, %v", options, err)
	}
}

func TestCommand(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	if err := command("apt-get", "update"); err == nil || !strings.Contains(err.Error(), "no apt-get") {
		t.Errorf("without apt-get: %v", err)
	}
	fails := func(lines string) error {
		t.Helper()
		fake := "#!/bin/sh\necho noise >&2\necho \"" + lines + "\" >&2\nexit 100\n"
		if err := os.WriteFile(filepath.Join(bin, "apt-get"), []byte(fake), 0o755); err != nil {
			t.Fatal(err)
		}
		return command("apt-get", "update")
	}
	err := fails("E: Unable to locate package $DEBIAN_FRONTEND")
	if want := "apt-get failed: exit status 100\nE: Unable to locate package noninteractive"; err == nil || err.Error() != want || step.KindOf(err) != step.Failed {
		t.Errorf("got %v", err)
	}
	if err := fails("W: Failed to fetch http://x/\nE: Failed to fetch http://y/  Unable to connect"); step.KindOf(err) != step.Unreachable || strings.Contains(err.Error(), "http://x/") {
		t.Errorf("a failed download: %v", err)
	}
}

// A package's script that starts a service does not hold the step.
func TestCommandWithService(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "apt-get", "#!/bin/sh\nsleep 3600 >&2 &\n")
	if err := os.Chmod(filepath.Join(dir, "apt-get"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	if err := command("apt-get", "install", "x"); err != nil {
		t.Error(err)
	}
}
