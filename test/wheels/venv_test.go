package wheels

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/helper/venv"
	"github.com/quatrain-build/quatrain/internal/helper/wheel"
	"github.com/quatrain-build/quatrain/internal/step"
)

const buildVenv = `import sys; from pathlib import Path; from poetry.utils.env import EnvManager
EnvManager.build_venv(Path(sys.argv[1]), executable=Path(sys.argv[2]))`

// what says all that an environment is to its interpreter.
const what = `import json, site, sys, sysconfig
keys = "prefix base_prefix exec_prefix base_exec_prefix executable path".split()
print(json.dumps([[getattr(sys, k) for k in keys], sysconfig.get_paths(), site.getsitepackages(), site.ENABLE_USER_SITE]))`

// The environment is what Poetry makes of it with virtualenv, and the launchers in
// it start, for each Python of this machine.
func TestEnvironment(t *testing.T) {
	poetry := poetryPython(t)
	home, _ := os.UserHomeDir()
	tested := 0
	for _, pattern := range []string{"/usr/bin/python3.?", "/usr/bin/python3.??", "/usr/local/bin/python3.??", filepath.Join(home, ".pyenv/versions/3.*/bin/python3.[1-9]*")} {
		found, _ := filepath.Glob(pattern)
		for _, python := range found {
			about, err := exec.Command(python, "-c", "import sys; print('%d.%d %d.%d.%d' % (sys.version_info[:2] + sys.version_info[:3]))").Output()
			version := strings.Fields(string(about))
			if err != nil || version[0] < "3.8" && len(version[0]) == 3 {
				continue
			}
			tested++
			t.Run(python, func(t *testing.T) { environment(t, poetry, python, version[0], version[1]) })
		}
	}
	if tested == 0 {
		t.Fatal("there is no CPython to test with")
	}
}

func environment(t *testing.T, poetry, python, minor, version string) {
	out := t.TempDir()
	root := filepath.Join(out, "a venv") // with a space, so that launchers need the shell
	if text, err := exec.Command(poetry, "-c", buildVenv, root, python).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	want := ask(t, filepath.Join(root, "bin/python"), "-c", what)
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if err := venv.Run(step.Venv{Python: minor, Version: version, Interpreter: python, Venv: "/a venv", Out: out}); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, filepath.Join(root, "bin/python"), "-c", what); got != want {
		t.Errorf("got    %s\nPoetry %s", got, want)
	}
	file := filepath.Join(out, "demo-1.0-py3-none-any.whl")
	if err := os.WriteFile(file, pack(t, append(points("[console_scripts]\nlauncher = demo:main\n"),
		entry{name: "demo.py", text: "import sys\ndef main():\n    print(sys.prefix, *sys.argv[1:])\n    return 0\n"},
		entry{name: data + "scripts/script", text: "#!python -E\nimport demo\ndemo.main()\n", mode: 0o100755})), 0o644); err != nil {
		t.Fatal(err)
	}
	into, err := wheel.NewTree("/", root, minor)
	if err != nil {
		t.Fatal(err)
	}
	defer into.Close()
	if _, err := wheel.Install(file, into, wheel.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, filepath.Join(root, "bin/launcher"), "a b", "c"); got != root+" a b c\n" {
		t.Errorf("the launcher says %q", got)
	}
	// A script's own first line has no such way around spaces, in Poetry neither:
	// it is started as the kernel would if it could.
	if got := ask(t, filepath.Join(root, "bin/python"), filepath.Join(root, "bin/script"), "a b"); got != root+" a b\n" {
		t.Errorf("the script says %q", got)
	}
}

func ask(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = t.TempDir()
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, text)
	}
	return string(text)
}
