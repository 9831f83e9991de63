package pep517

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/quatrain-build/quatrain/internal/helper/index"
	"github.com/quatrain-build/quatrain/internal/helper/process"
	"github.com/quatrain-build/quatrain/internal/step"
)

// runLogged runs a program. Its output goes to the step's log; the end of it is returned.
func runLogged(cmd *exec.Cmd) (string, error) {
	log := &tail{}
	cmd.Stdout = io.MultiWriter(os.Stderr, log)
	cmd.Stderr = cmd.Stdout
	err := process.Run(cmd)
	return string(log.kept), err
}

// failed returns an error that shows the end of a log.
func (s subject) failed(what string, err error, log, hint string) *step.Problem {
	return s.problem(fmt.Sprintf("%s: %v\n%s", what, err, lastLines(log, shownLines)), process.Hint(err, hint))
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

// inherited drops what the programs of a step have no business to know: logins, and what
// the step itself sets.
func inherited(environ []string) []string {
	var kept []string
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if !isSecret(name) && !strings.HasPrefix(name, "PIP_") && name != "PATH" {
			kept = append(kept, e)
		}
	}
	return kept
}

func isSecret(name string) bool {
	return strings.HasPrefix(name, "POETRY_") || name == step.AuthTOML.Env || name == step.Netrc.Env
}

// trust writes one file with all authorities that the step knows, and returns the
// variables that name it.
func trust(dir string) ([]string, error) {
	data, err := index.Authorities(step.Bundle, step.CA, step.CADir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "ca.pem")
	var variables []string
	for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "CARGO_HTTP_CAINFO", "PIP_CERT"} {
		variables = append(variables, name+"="+file)
	}
	return variables, os.WriteFile(file, data, 0o644)
}
