// Package bytecode compiles a tree of Python sources with the interpreter that
// will run them.
//
// The files are unchecked-hash pycs (PEP 552): they hold no time, and the
// interpreter takes them without looking at the source, which an image does not
// change. The same sources make the same bytes, whatever the number of CPUs.
package bytecode

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/quatrain-build/quatrain/internal/process"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

//go:embed compile.py
var script string

// chunk is how many files one process compiles: small enough that the CPUs end
// together, large enough that forking costs nothing. It may decide over bytes
// (see compile.py), so it does not depend on the machine.
const chunk = 32

// Run is the compile step. A source that does not compile is left out silently,
// as compileall -q does. Without sources the interpreter is not started.
func Run(s step.Compile) error {
	return run(s, runtime.NumCPU())
}

func run(s step.Compile, workers int) error {
	if err := os.MkdirAll(s.Out, 0o755); err != nil {
		return err
	}
	sources, err := Sources(s.In)
	if err != nil {
		return err
	}
	if len(sources) > 0 {
		if err := compile(s, sources, workers); err != nil {
			return err
		}
	}
	return fixed.Tree(s.Out)
}

func compile(s step.Compile, sources []string, workers int) error {
	// Not -I: it would ignore PYTHONHASHSEED, and before 3.11 the order of a
	// set in byte code depends on it. The environment holds nothing else of
	// Python's, and the script drops the working folder from sys.path.
	cmd := exec.Command(s.Interpreter, "-s", "-S", "-B", "-c", script,
		filepath.Clean(s.In), filepath.Clean(s.Out), strconv.Itoa(chunk), strconv.Itoa(workers))
	cmd.Env = environment()
	cmd.Stdin = strings.NewReader(strings.Join(sources, "\x00"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := process.Run(cmd); err != nil {
		return &step.Problem{
			Kind:    step.Failed,
			Message: fmt.Sprintf("%s could not compile: %v\n%s", s.Interpreter, err, strings.TrimSpace(stderr.String())),
			Hint:    process.Hint(err, "Set compile = false in [tool.quatrain] to do without byte code."),
		}
	}
	return nil
}

func environment() []string {
	env := []string{"PYTHONHASHSEED=0"}
	if v, set := os.LookupEnv("LD_LIBRARY_PATH"); set { // some interpreters need it to start
		env = append(env, "LD_LIBRARY_PATH="+v)
	}
	return env
}
