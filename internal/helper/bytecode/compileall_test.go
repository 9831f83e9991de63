package bytecode

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
)

// same compares two trees of pycs: the same files, the same headers, and code that
// is the same in all that an interpreter or a traceback sees of it.
const same = `
import marshal, os, sys, types

def parts(c):
    if isinstance(c, types.CodeType):
        return [(k, parts(getattr(c, k))) for k in dir(c) if k.startswith("co_") and k not in ("co_lines", "co_positions", "co_lnotab", "co_branches")]
    if isinstance(c, frozenset):
        return sorted(map(repr, c))
    return [parts(x) for x in c] if isinstance(c, tuple) else (type(c), repr(c))

def pycs(root):
    return {os.path.relpath(os.path.join(d, f), root) for d, _, fs in os.walk(root) for f in fs if f.endswith(".pyc")}

a, b = sys.argv[1:]
if pycs(a) != pycs(b):
    sys.exit("other files: %s" % sorted(pycs(a) ^ pycs(b)))
for name in sorted(pycs(a)):
    x, y = (open(os.path.join(r, name), "rb").read() for r in (a, b))
    if x[:16] != y[:16]:
        sys.exit("other header: %s" % name)
    if parts(marshal.loads(x[16:])) != parts(marshal.loads(y[16:])):
        sys.exit("other code: %s" % name)
print(len(pycs(a)))
`

// The byte code is what python -m compileall makes, for each Python of the machine.
func TestAgainstCompileall(t *testing.T) {
	home, _ := os.UserHomeDir()
	interpreters, _ := filepath.Glob(filepath.Join(home, ".pyenv/versions/3.*/bin/python3"))
	interpreters = append(interpreters, python(t))
	for _, interpreter := range interpreters {
		out, err := exec.Command(interpreter, "-c", "import os, sys; print(sys.version_info >= (3, 9), os.path.dirname(os.__file__))").Output()
		about := strings.Fields(string(out))
		if err != nil || about[0] != "True" { // compileall has no -s and -p before
			continue
		}
		t.Run(interpreter, func(t *testing.T) {
			for _, kind := range []string{step.CheckedHash, step.UncheckedHash} {
				againstCompileall(t, interpreter, about[1], kind)
			}
		})
	}
}

func againstCompileall(t *testing.T, interpreter, library, kind string) {
	t.Helper()
	in, ours, theirs := t.TempDir(), t.TempDir(), t.TempDir()
	for _, dir := range []string{"json"} {
		from := os.DirFS(filepath.Join(library, dir))
		if err := os.CopyFS(filepath.Join(in, "opt", dir), from); err != nil {
			t.Fatal(err)
		}
	}
	write(t, in, map[string]string{"app/old.py": "print 'x'\n", "app/set.py": "x = 1 in {'a', 'b', 3}\ny = f'{x!r:>3}' \"\\d\"\n", "app/empty.py": "", "app/latin.py": "# coding: latin-1\nx = '\xe4'\n"})
	clean := exec.Command("find", in, "-name", "*.pyc", "-delete")
	if text, err := clean.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if err := run(step.Compile{Interpreter: interpreter, Kind: kind, In: in, Out: ours}, 2, os.Stderr); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(theirs, os.DirFS(in)); err != nil {
		t.Fatal(err)
	}
	// Its status tells of the files that do not compile.
	exec.Command(interpreter, "-m", "compileall", "-q", "-s", theirs, "-p", "/", "--invalidation-mode", kind, theirs).Run()
	if text, err := exec.Command(interpreter, "-c", same, ours, theirs).CombinedOutput(); err != nil {
		t.Errorf("%s: %v: %s", kind, err, text)
	}
}
