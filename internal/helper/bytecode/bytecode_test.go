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
	got, _, err := find(root)
	want := []string{"/app/tests/own.py", "/v/lib/python3.12/site-packages/a/__init__.py", "/v/lib/python3.12/site-packages/a/testing.py"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestEmpty(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	if err := Run(step.Compile{Interpreter: "/does/not/exist", Kind: step.CheckedHash, In: t.TempDir(), Out: out}); err != nil {
		t.Fatal(err)
	}
	if e, err := os.ReadDir(out); err != nil || len(e) != 0 {
		t.Errorf("%v, %v", e, err)
	}
}

func TestNoInterpreter(t *testing.T) {
	in := t.TempDir()
	write(t, in, map[string]string{"a.py": ""})
	err := Run(step.Compile{Interpreter: "/does/not/exist", Kind: step.CheckedHash, In: in, Out: t.TempDir()})
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
	if err := Run(step.Compile{Interpreter: interpreter, Kind: step.UncheckedHash, In: in, Out: out}); err != nil {
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
	if b := pyc(t, out, "app/good"); b[4] != 1 || !strings.Contains(string(b), "/app/good.py") || strings.Contains(string(b), in) {
		t.Errorf("not an unchecked-hash pyc of /app/good.py: %q", b[:16])
	}
}

// pyc returns the byte code of a module.
func pyc(t *testing.T, out, module string) []byte {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(out, filepath.Dir(module), "__pycache__", filepath.Base(module)+".cpython-3*.pyc"))
	if len(found) != 1 {
		t.Fatalf("byte code of %s: %q", module, found)
	}
	b, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A source that is changed is the one that runs if its byte code is of the kind for that,
// and where nobody can write new byte code, too; else the byte code is.
func TestChangedSource(t *testing.T) {
	interpreter := python(t)
	if interpreter == "" {
		return
	}
	for kind, want := range map[string]string{step.CheckedHash: "new", step.UncheckedHash: "old"} {
		app := t.TempDir()
		write(t, app, map[string]string{"m.py": "text = 'old'\n"})
		if err := Run(step.Compile{Interpreter: interpreter, Kind: kind, In: app, Out: app}); err != nil {
			t.Fatal(err)
		}
		write(t, app, map[string]string{"m.py": "text = 'new'\n"}) // of the same size
		if err := os.Chtimes(filepath.Join(app, "m.py"), fixed.Time, fixed.Time); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(interpreter, "-B", "-c", "import m; print(m.text)")
		cmd.Dir = app
		if got, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(got)) != want {
			t.Errorf("%s: %s, %v; want %s", kind, got, err, want)
		}
	}
}

// What cannot be compiled, or not within bounds, is left out, and all else is compiled.
func TestLeftOut(t *testing.T) {
	interpreter := python(t)
	if interpreter == "" {
		return
	}
	long := func(n int) string { return "app/" + strings.Repeat("n", n-len(".py")) + ".py" }
	silent := map[string]string{
		"app/py2.py": "print 'hello'\n", "app/nul.py": "x = '\x00'\n", "app/latin.py": "x = '\xe4'\n",
		"app/cookie.py": "# coding: no-such\nx = 1\n", "app/zlib.py": "# coding: zlib\nx = 1\n", "app/undefined.py": "# coding: undefined\nx = 1\n",
		"app/tabs.py": "if 1:\n\tx = 1\n        y = 2\n",
	}
	named := map[string]string{
		long(255):      "x = 1\n",
		"app/huge.py":  "x = 1\n#" + strings.Repeat("x", 8<<20) + "\n",
		"app/minus.py": "x = " + strings.Repeat("-", 200000) + "1\n",
	}
	fine := map[string]string{"app/good.py": "x = 1\n", long(230): "x = 1\n", "app/empty.py": ""}
	in, out := t.TempDir(), t.TempDir()
	for _, files := range []map[string]string{silent, named, fine} {
		write(t, in, files)
	}
	var log strings.Builder
	if err := run(step.Compile{Interpreter: interpreter, Kind: step.CheckedHash, In: in, Out: out}, 2, &log); err != nil {
		t.Fatal(err)
	}
	for name := range fine {
		pyc(t, out, strings.TrimSuffix(name, ".py"))
	}
	if n := count(t, out); n != len(fine) {
		t.Errorf("%d files have byte code, want %d", n, len(fine))
	}
	for name := range named {
		if !strings.Contains(log.String(), "warning: /"+name+" is left without byte code: ") {
			t.Errorf("%s is not in the log:\n%s", name, log.String())
		}
	}
	for name := range silent {
		if strings.Contains(log.String(), name) {
			t.Errorf("%s is in the log:\n%s", name, log.String())
		}
	}
}

func count(t *testing.T, out string) (n int) {
	t.Helper()
	for name := range snapshot(t, out) {
		if strings.HasSuffix(name, ".pyc") {
			n++
		}
	}
	return n
}

// A path that the system does not take is left out, and what is beside it is not.
func TestLongPath(t *testing.T) {
	interpreter := python(t)
	if interpreter == "" {
		return
	}
	in, out := t.TempDir(), t.TempDir()
	root, err := os.OpenRoot(in)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	deep := strings.Repeat(strings.Repeat("d", 200)+"/", 21)
	if err := root.MkdirAll("app/"+deep, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"app/" + deep + "x.py", "app/good.py"} {
		if err := root.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log strings.Builder
	if err := run(step.Compile{Interpreter: interpreter, Kind: step.CheckedHash, In: in, Out: out}, 1, &log); err != nil {
		t.Fatal(err)
	}
	pyc(t, out, "app/good")
	if !strings.Contains(log.String(), "is left without byte code: the path is too long") {
		t.Error(log.String())
	}
}

// crashing returns an interpreter that a source with CRASH in it ends with a signal, and
// one with KILL as a builder does that has no memory left.
func crashing(t *testing.T, interpreter string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(name, []byte(`#!/bin/sh
shift 4
exec `+interpreter+` -s -S -B -c '
import builtins, os, sys
real = compile
def fake(source, *a, **k):
    for word, number in ((b"CRASH", 11), (b"LONG", 26), (b"KILL", 9)):
        if word in source:
            os.kill(os.getpid(), number)
    return real(source, *a, **k)
builtins.compile = fake
exec(real(sys.argv.pop(1), "script", "exec"))
' "$@"
`), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

// A source that crashes the interpreter, or that takes it too long, costs no other source
// its byte code.
func TestCrash(t *testing.T) {
	interpreter := python(t)
	if interpreter == "" {
		return
	}
	s := step.Compile{Interpreter: crashing(t, interpreter), Kind: step.CheckedHash, In: t.TempDir()}
	for i := range 3 * chunk {
		write(t, s.In, map[string]string{fmt.Sprintf("app/m%02d.py", i): "x = 1\n"})
	}
	write(t, s.In, map[string]string{"app/m10.py": "CRASH\n", "app/m11.py": "LONG\n", "app/m40.py": "CRASH\n"})
	var first map[string]string
	for _, workers := range []int{1, 3} {
		var log strings.Builder
		s.Out = t.TempDir()
		if err := run(s, workers, &log); err != nil {
			t.Fatal(err)
		}
		want := `warning: /app/m10.py is left without byte code: the interpreter crashed over it (signal 11)
warning: /app/m11.py is left without byte code: its compilation took more than 120 seconds
warning: /app/m40.py is left without byte code: the interpreter crashed over it (signal 11)
`
		if log.String() != want {
			t.Errorf("%d workers: %s", workers, log.String())
		}
		got := snapshot(t, s.Out)
		if first == nil {
			first = got
		}
		if count(t, s.Out) != 3*chunk-3 || !reflect.DeepEqual(got, first) {
			t.Errorf("%d workers: %d files", workers, count(t, s.Out))
		}
	}
	write(t, s.In, map[string]string{"app/m10.py": "KILL\n"}) // a builder without memory makes no layer
	if err := run(s, 2, new(strings.Builder)); err == nil || !strings.Contains(err.Error(), "could not compile") {
		t.Errorf("%v", err)
	}
}

// With a limit of memory, a MemoryError says nothing of the source: the step fails, or the
// layer would depend on the builder.
func TestMemoryLimit(t *testing.T) {
	interpreter := python(t)
	if interpreter == "" {
		return
	}
	limited := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(limited, []byte("#!/bin/sh\nulimit -v 150000\nexec "+interpreter+" \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	s := step.Compile{Interpreter: limited, Kind: step.CheckedHash, In: t.TempDir(), Out: t.TempDir()}
	write(t, s.In, map[string]string{"app/small.py": "x = 1\n"})
	if err := run(s, 1, new(strings.Builder)); err != nil || count(t, s.Out) != 1 {
		t.Fatalf("%v, %d files", err, count(t, s.Out))
	}
	write(t, s.In, map[string]string{"app/big.py": "x = [" + strings.Repeat("y, ", 2_000_000) + "]\n"})
	if err := run(s, 1, new(strings.Builder)); err == nil || !strings.Contains(err.Error(), "MemoryError") {
		t.Errorf("%v", err)
	}
}

// A log has bounds, and its lines are lines.
func TestWarn(t *testing.T) {
	var all []omission
	for i := range 50 {
		all = append(all, omission{fmt.Sprintf("/a\n\x1b[31m%02d%s", 49-i, strings.Repeat("x", 5000)), "why"})
	}
	var log strings.Builder
	warn(&log, append(all, all...))
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != maxWarned+1 || lines[maxWarned] != "and 30 more" || !strings.HasPrefix(lines[0], `warning: "/a\n\x1b[31m00x`) || len(lines[0]) > 400 {
		t.Errorf("%d lines: %.300s", len(lines), log.String())
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
		if err := run(step.Compile{Interpreter: interpreter, Kind: step.UncheckedHash, In: in, Out: to}, workers, os.Stderr); err != nil {
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
