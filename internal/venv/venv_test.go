package venv

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

func TestRun(t *testing.T) {
	out := t.TempDir()
	if err := Run(step.Venv{Python: "3.13t", Version: "3.13.1", Interpreter: "/usr/local/bin/python3.13t", Venv: "/opt/venv", Out: out}); err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(out, "opt/venv")
	for name, want := range map[string]string{
		"bin/python": "/usr/local/bin/python3.13t", "bin/python3": "python",
		"bin/python3.13": "python", "bin/python3.13t": "python", "lib64": "lib",
	} {
		if got, err := os.Readlink(filepath.Join(root, name)); err != nil || got != want {
			t.Errorf("%s → %q, %v; want %q", name, got, err, want)
		}
	}
	cfg, _ := os.ReadFile(filepath.Join(root, "pyvenv.cfg"))
	want := "home = /usr/local/bin\nimplementation = CPython\nversion_info = 3.13.1\nversion = 3.13.1\ninclude-system-site-packages = false\n"
	if string(cfg) != want {
		t.Errorf("pyvenv.cfg:\n%s", cfg)
	}
	for _, name := range []string{"", "bin", "bin/python", "lib64", "pyvenv.cfg", "lib/python3.13t/site-packages"} {
		info, err := os.Lstat(filepath.Join(root, name))
		if err != nil || !info.ModTime().Equal(fixed.Time) {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	for _, s := range []step.Venv{
		{Python: "3.12", Version: "3.12.1\nhome = /x", Interpreter: "/p", Venv: "/v"},
		{Python: "../3.12", Version: "3.12.1", Interpreter: "/p", Venv: "/v"},
		{Python: "3.12", Version: "3.12.1", Interpreter: "p", Venv: "/v"},
		{Python: "3.12", Version: "3.12.1", Interpreter: "/p", Venv: "v"},
	} {
		s.Out = t.TempDir()
		if Run(s) == nil {
			t.Errorf("%+v: accepted", s)
		}
	}
}

// The interpreter itself takes the skeleton for an environment.
func TestInterpreterAgrees(t *testing.T) {
	about, err := exec.Command("python3", "-c",
		"import sys; print(sys._base_executable, '%d.%d' % sys.version_info[:2], '%d.%d.%d' % sys.version_info[:3])").Output()
	if err != nil {
		t.Logf("NOT TESTED: no python3 here (%v)", err)
		return
	}
	f := strings.Fields(string(about))
	out := t.TempDir()
	if err := Run(step.Venv{Python: f[1], Version: f[2], Interpreter: f[0], Venv: "/v", Out: out}); err != nil {
		t.Fatal(err)
	}
	got, err := exec.Command(filepath.Join(out, "v/bin/python"), "-c", "import sys, site; print(sys.prefix, *site.getsitepackages())").Output()
	root := filepath.Join(out, "v")
	want := root + " " + filepath.Join(root, "lib/python"+f[1], "site-packages")
	if err != nil || !strings.HasPrefix(strings.TrimSpace(string(got)), want) {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
