package bytecode

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		p := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// snapshot is path → mode, time and hash of all files.
func snapshot(t *testing.T, root string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%v %d", info.Mode(), info.ModTime().Unix())
		if !d.IsDir() {
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %x", sha256.Sum256(b))
		}
		got[strings.TrimPrefix(p, root)] = line
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// python is the interpreter's own path (a shim would need its environment).
func python(t *testing.T) string {
	out, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Logf("NOT TESTED: no python3 here (%v)", err)
		return ""
	}
	return strings.TrimSpace(string(out))
}

func TestSources(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{
		"v/lib/python3.12/site-packages/a/__init__.py":      "",
		"v/lib/python3.12/site-packages/a/tests/t.py":       "",
		"v/lib/python3.12/site-packages/test/t.py":          "",
		"v/lib/python3.12/site-packages/a/testing.py":       "",
		"v/lib/python3.12/site-packages/a/__pycache__/x.py": "",
		"v/lib/python3.12/site-packages/a/data.txt":         "",
		"app/tests/own.py": "",
	})
	if err := os.Symlink("/etc/passwd", filepath.Join(root, "app/link.py")); err != nil {
		t.Fatal(err)
	}
	got, err := Sources(root)
	want := []string{"/app/tests/own.py", "/v/lib/python3.12/site-packages/a/__init__.py", "/v/lib/python3.12/site-packages/a/testing.py"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestEmpty(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	if err := Run(step.Compile{Interpreter: "/does/not/exist", In: t.TempDir(), Out: out}); err != nil {
		t.Fatal(err)
	}
	if e, err := os.ReadDir(out); err != nil || len(e) != 0 {
		t.Errorf("%v, %v", e, err)
	}
}

func TestNoInterpreter(t *testing.T) {
	in := t.TempDir()
	write(t, in, map[string]string{"a.py": ""})
	err := Run(step.Compile{Interpreter: "/does/not/exist", In: in, Out: t.TempDir()})
	if p := step.Problems(err); len(p) != 1 || p[0].Kind != step.Failed || !strings.Contains(p[0].Message, "/does/not/exist") {
		t.Errorf("%+v", p)
	}
}

func TestCompile(t *testing.T) {
	interpreter := python(t)
	if interpreter == "" {
		return
	}
	in, out := t.TempDir(), t.TempDir()
	write(t, in, map[string]string{
		"app/good.py":   "def f():\n    raise ValueError('x')\n",
		"app/py2.py":    "print 'hello'\n",
		"app/nul.py":    "x = '\x00'\n",
		"app/warn.py":   "x = '\\d' is 3\n",
		"app/ümlaut.py": "x = 1\n",
	})
	if err := Run(step.Compile{Interpreter: interpreter, In: in, Out: out}); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, line := range snapshot(t, out) {
		if !strings.Contains(line, fmt.Sprint(fixed.Time.Unix())) {
			t.Errorf("%s: %s", name, line)
		}
		if strings.HasSuffix(name, ".pyc") {
			names = append(names, name)
			if !strings.HasPrefix(line, "-rw-r--r-- ") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
	if len(names) != 3 {
		t.Errorf("compiled %q, want good, warn and ümlaut", names)
	}
	good, _ := filepath.Glob(filepath.Join(out, "app/__pycache__/good.cpython-3*.pyc"))
	if len(good) != 1 {
		t.Fatalf("no good.pyc")
	}
	b, _ := os.ReadFile(good[0])
	if b[4] != 1 || !strings.Contains(string(b), "/app/good.py") || strings.Contains(string(b), in) {
		t.Errorf("not an unchecked-hash pyc of /app/good.py: %q", b[:16])
	}
}

// The bytes of a file depend neither on the number of workers nor on the run.
func TestSameBytes(t *testing.T) {
	interpreter := python(t)
	if interpreter == "" {
		return
	}
	out, err := exec.Command(interpreter, "-c", "import os; print(os.path.dirname(os.__file__))").Output()
	if err != nil {
		t.Fatal(err)
	}
	in := t.TempDir() // a part of the standard library: real code, more than one chunk
	for _, dir := range []string{"asyncio", "email", "json", "xml", "unittest"} {
		if err := os.CopyFS(filepath.Join(in, "opt", dir), os.DirFS(filepath.Join(strings.TrimSpace(string(out)), dir))); err != nil {
			t.Fatal(err)
		}
	}
	var first map[string]string
	for _, workers := range []int{1, 2, 5} {
		to := t.TempDir()
		if err := run(step.Compile{Interpreter: interpreter, In: in, Out: to}, workers); err != nil {
			t.Fatal(err)
		}
		got := snapshot(t, to)
		if first == nil {
			first = got
		}
		if len(got) < 2*chunk || !reflect.DeepEqual(got, first) {
			t.Errorf("%d workers make another tree than 1 (%d and %d entries)", workers, len(got), len(first))
		}
	}
}
