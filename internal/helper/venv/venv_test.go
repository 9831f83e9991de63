package venv

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// probe is what an environment is to its interpreter.
const probe = `import json, site, sys, sysconfig
keys = "prefix base_prefix exec_prefix base_exec_prefix executable path".split()
print(json.dumps([[getattr(sys, k) for k in keys], sysconfig.get_paths(), site.getsitepackages(), site.ENABLE_USER_SITE]))`

// interpreters are the CPythons of this machine, by path: name and version.
func interpreters(t *testing.T) map[string][2]string {
	t.Helper()
	home, _ := os.UserHomeDir()
	found := map[string][2]string{}
	for _, dir := range []string{"/usr/bin", "/usr/local/bin", "/opt/*/bin", filepath.Join(home, ".pyenv/versions/3.*/bin")} {
		files, _ := filepath.Glob(filepath.Join(dir, "python3.*"))
		for _, file := range files {
			if !regexp.MustCompile(`/python3\.([89]|\d\d)t?$`).MatchString(file) {
				continue
			}
			out, err := exec.Command(file, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])").Output()
			if err == nil {
				found[file] = [2]string{strings.TrimPrefix(filepath.Base(file), "python"), strings.TrimSpace(string(out))}
			}
		}
	}
	if len(found) == 0 {
		t.Log("NOT TESTED: no CPython here")
	}
	return found
}

// run asks the environment at root.
func run(t *testing.T, root string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(root, "bin/python"), "-c", probe)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// To its interpreter the skeleton is what `python -m venv` makes.
func TestAgainstVenv(t *testing.T) {
	for file, is := range interpreters(t) {
		t.Run(file, func(t *testing.T) {
			out := t.TempDir()
			root := filepath.Join(out, "v")
			if said, err := exec.Command(file, "-m", "venv", "--without-pip", root).CombinedOutput(); err != nil {
				t.Logf("NOT TESTED: %s -m venv: %v %s", file, err, said) // Debian without python3-venv
				return
			}
			want := run(t, root)
			if err := os.RemoveAll(root); err != nil {
				t.Fatal(err)
			}
			if err := Run(step.Venv{Python: is[0], Version: is[1], Interpreter: file, Venv: "/v", Out: out}); err != nil {
				t.Fatal(err)
			}
			if got := run(t, root); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// An interpreter that stands elsewhere than it was built for finds its library
// beside itself, in the environment too.
func TestElsewhere(t *testing.T) {
	for file, is := range interpreters(t) {
		t.Run(file, func(t *testing.T) {
			out := t.TempDir()
			moved := filepath.Join(out, "opt/python/bin", filepath.Base(file))
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			library := "lib/python" + is[0]
			for _, do := range []error{
				os.MkdirAll(filepath.Dir(moved), 0o755),
				os.MkdirAll(filepath.Join(out, "opt/python/lib"), 0o755),
				os.WriteFile(moved, text, 0o755),
				os.Symlink(filepath.Join(filepath.Dir(file), "..", library), filepath.Join(out, "opt/python", library)),
				Run(step.Venv{Python: is[0], Version: is[1], Interpreter: moved, Venv: "/v", Out: out}),
			} {
				if do != nil {
					t.Fatal(do)
				}
			}
			root := filepath.Join(out, "v")
			got := run(t, root)
			if want := fmt.Sprintf(`[[%q, %q, %[1]q, %[2]q,`, root, filepath.Join(out, "opt/python")); !strings.HasPrefix(got, want) {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
