// Package bytecode compiles a tree of Python sources with the interpreter that will run them.
//
// Each .pyc file has the hash of its source and no time (PEP 552). The same sources make the
// same bytes, whatever the number of CPUs.
package bytecode

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/quatrain-build/quatrain/internal/helper/process"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

//go:embed compile.py
var script string

// chunk is how many files one process compiles: small enough that the CPUs end
// together, large enough that forking costs nothing. It may decide over bytes
// (see compile.py), so it does not depend on the machine.
const chunk = 32

// Run runs the compile step. A source that is not Python for this interpreter is left out
// silently, as compileall -q does. A source that is too large, nested too deep or named too
// long for byte code is left out with a warning in the log, and is imported from its source.
// Without sources the interpreter is not started.
func Run(s step.Compile) error {
	return run(s, runtime.NumCPU(), os.Stderr)
}

func run(s step.Compile, workers int, log io.Writer) error {
	if err := os.MkdirAll(s.Out, 0o755); err != nil {
		return err
	}
	sources, omitted, err := find(s.In)
	if err != nil {
		return err
	}
	if len(sources) > 0 {
		more, err := compile(s, sources, workers)
		if err != nil {
			return err
		}
		omitted = append(omitted, more...)
	}
	warn(log, omitted)
	return fixed.Tree(s.Out)
}

// compile returns which sources it has left out.
func compile(s step.Compile, sources []string, workers int) ([]omission, error) {
	// Not -I: it would ignore PYTHONHASHSEED, and before 3.11 the order of a
	// set in byte code depends on it. The environment holds nothing else of
	// Python's, and the script drops the working folder from sys.path.
	cmd := exec.Command(s.Interpreter, "-s", "-S", "-B", "-c", script,
		filepath.Clean(s.In), filepath.Clean(s.Out), strconv.Itoa(chunk), strconv.Itoa(workers), s.Kind)
	cmd.Env = environment()
	cmd.Stdin = strings.NewReader(strings.Join(sources, "\x00"))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := process.Run(cmd); err != nil {
		return nil, &step.Problem{
			Kind:    step.Failed,
			Message: fmt.Sprintf("%s could not compile: %v\n%s", s.Interpreter, err, strings.TrimSpace(stderr.String())),
			Hint:    process.Hint(err, "Set compile = false in [tool.quatrain] to leave out byte code."),
		}
	}
	return omissions(stdout.String()), nil
}

// omission is a source that is left without byte code.
type omission struct{ path, why string }

// omissions reads what the script notes, as pairs that NULs end.
func omissions(notes string) []omission {
	var all []omission
	for {
		path, rest, ok := strings.Cut(notes, "\x00")
		why, rest, complete := strings.Cut(rest, "\x00")
		if !ok || !complete {
			return all
		}
		all, notes = append(all, omission{path, why}), rest
	}
}

// maxWarned is how many sources the log names.
const maxWarned = 20

// warn writes what is left out, once and in a fixed order.
func warn(log io.Writer, omitted []omission) {
	slices.SortFunc(omitted, func(a, b omission) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.why, b.why))
	})
	omitted = slices.Compact(omitted)
	for _, o := range omitted[:min(len(omitted), maxWarned)] {
		fmt.Fprintf(log, "warning: %s is left without byte code: %s\n", shown(o.path), o.why)
	}
	if n := len(omitted) - maxWarned; n > 0 {
		fmt.Fprintf(log, "and %d more\n", n)
	}
}

// shown returns a path for a log: short, and without control characters.
func shown(path string) string {
	const most = 300
	if len(path) > most {
		path = path[:most] + "…"
	}
	if quoted := strconv.Quote(path); quoted != `"`+path+`"` {
		return quoted
	}
	return path
}

func environment() []string {
	env := []string{"PYTHONHASHSEED=0"}
	if v, set := os.LookupEnv("LD_LIBRARY_PATH"); set { // some interpreters need it to start
		env = append(env, "LD_LIBRARY_PATH="+v)
	}
	return env
}
