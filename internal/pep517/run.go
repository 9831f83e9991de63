package pep517

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// run starts the environment's interpreter. Its output goes to the step's log; the
// end of it is part of the problem.
func (e *environment) run(failed, dir string, variables []string, args ...string) error {
	cmd := exec.Command(e.python, args...)
	cmd.Dir = dir
	cmd.Env = append(append([]string{}, e.plain...), variables...)
	log := &tail{}
	cmd.Stdout = io.MultiWriter(os.Stderr, log)
	cmd.Stderr = cmd.Stdout
	err := cmd.Run()
	if err == nil {
		return nil
	}
	text := log.String()
	return problem(e.build, fmt.Sprintf("%s: %v\n%s", failed, err, lastLines(text, shownLines)), hint(text+err.Error(), e.build.Package, readDistro()))
}

// shownLines of a failed build's log are shown with the error.
const shownLines = 25

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return "  | " + strings.Join(lines[max(0, len(lines)-n):], "\n  | ")
}

// tail keeps the end of what is written.
type tail struct{ kept []byte }

const tailSize = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.kept) }
