package pep517

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/step"
)

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// The output of a build is one wheel, whatever the backend has left beside it; a second
// build passes it on.
func TestLeaveWheel(t *testing.T) {
	dir := t.TempDir()
	out, again := filepath.Join(dir, "out"), filepath.Join(dir, "again")
	write(t, filepath.Join(dir, "demo-1.0-py3-none-any.whl"), "wheel")
	write(t, filepath.Join(out, step.MissingFile), "{}")
	write(t, filepath.Join(out, "folder", "more"), "x")
	if err := os.Symlink("/etc/hostname", filepath.Join(out, "demo-1.0-py3-none-any.whl")); err != nil {
		t.Fatal(err)
	}
	if err := leaveWheel(filepath.Join(dir, "demo-1.0-py3-none-any.whl"), out); err != nil {
		t.Fatal(err)
	}
	if err := run(step.Build{Tried: out, Out: again}, filepath.Join(dir, "work")); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{out, again} {
		if diff := cmp.Diff([]string{"demo-1.0-py3-none-any.whl"}, names(t, at)); diff != "" {
			t.Error(diff)
		}
		if data, err := os.ReadFile(filepath.Join(at, "demo-1.0-py3-none-any.whl")); err != nil || string(data) != "wheel" {
			t.Errorf("%q, %v", data, err)
		}
	}
}

// A backend's wheel is a file of its own: a link would have the helper copy what it
// points to.
func TestOnlyWheel(t *testing.T) {
	dir := t.TempDir()
	if _, err := onlyWheel(dir, subject{"demo", "1.0"}); err == nil || !strings.Contains(err.Error(), "the build backend produced 0 wheels") {
		t.Errorf("%v", err)
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "a.whl")); err != nil {
		t.Fatal(err)
	}
	if _, err := onlyWheel(dir, subject{"demo", "1.0"}); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("%v", err)
	}
	write(t, filepath.Join(dir, "b.whl"), "")
	if _, err := onlyWheel(dir, subject{"demo", "1.0"}); err == nil || !strings.Contains(err.Error(), "the build backend produced 2 wheels") {
		t.Errorf("%v", err)
	}
}

func TestSdistSubject(t *testing.T) {
	for file, want := range map[string]subject{
		"demo-1.0.tar.gz": {"demo", "1.0"}, "My_Demo-1.0.post1.zip": {"my-demo", "1.0.post1"}, "a-b-2.tar.bz2": {"a-b", "2"}, "odd.tgz": {"odd", ""},
	} {
		if got := sdistSubject(file); got != want {
			t.Errorf("%s: %+v", file, got)
		}
	}
}

// What is missing is read from the output of a step that ran code of a package. It may be
// anything, but it leads nowhere else.
func TestReadMissing(t *testing.T) {
	for text, want := range map[string]string{
		"{": "cannot read", `["x"]`: "cannot read", `{"": "x"}`: "cannot read", `{"":["` + strings.Repeat("x", maxMissing) + `"]}`: "cannot read",
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, step.MissingFile), text)
		if _, err := readMissing(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30s: %v", text, err)
		}
	}
	dir := t.TempDir()
	if got, err := readMissing(dir); got != nil || err != nil {
		t.Errorf("without the file: %v, %v", got, err)
	}
	if err := os.Symlink("/proc/self/environ", filepath.Join(dir, step.MissingFile)); err != nil {
		t.Fatal(err)
	}
	if got, err := readMissing(dir); err == nil {
		t.Errorf("a link out of the folder: %v", got)
	}
	dir = t.TempDir()
	write(t, filepath.Join(dir, step.MissingFile), `{"":["ninja"],"x-1.tar.gz":["cython>=3"]}`)
	got, err := readMissing(dir)
	if diff := cmp.Diff(map[string][]string{"": {"ninja"}, "x-1.tar.gz": {"cython>=3"}}, got); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
}

// pip asks the relay itself, whatever proxies the build has.
func TestPastProxies(t *testing.T) {
	for _, c := range []struct{ environ, want []string }{
		{nil, []string{"no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1"}},
		{[]string{"HTTP_PROXY=http://p", "no_proxy=", "NO_PROXY=localhost,.corp"}, []string{"no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1,localhost,.corp"}},
		{[]string{"no_proxy=*"}, []string{"no_proxy=127.0.0.1,*", "NO_PROXY=127.0.0.1"}},
	} {
		if diff := cmp.Diff(c.want, pastProxies(c.environ)); diff != "" {
			t.Error(diff)
		}
	}
}
