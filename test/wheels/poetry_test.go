package wheels

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

//go:embed requirements.txt
var requirements string

// poetryPython is the interpreter of an environment with the pinned Poetry, made
// once into the cache.
func poetryPython(t *testing.T) string {
	t.Helper()
	dir, err := cache("wheels-poetry")
	if err != nil {
		t.Fatal(err)
	}
	python, done := filepath.Join(dir, "bin/python"), filepath.Join(dir, "complete")
	if have, err := os.ReadFile(done); err == nil && string(have) == requirements {
		return python
	}
	run := func(name string, args ...string) {
		if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
			t.Fatalf("the real Poetry is needed: %s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
	}
	run("python3", "-m", "venv", "--clear", dir)
	run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt")
	if err := os.WriteFile(done, []byte(requirements), 0o644); err != nil {
		t.Fatal(err)
	}
	return python
}

// poetry is a running oracle.py.
type poetry struct {
	venv   string // where it installs
	fresh  string // a copy of the environment without any wheel
	python string // minor version
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer
}

// answer is what Poetry says of one wheel.
type answer struct {
	Refused string
	Record  []string
	Pycache int
}

func startPoetry(t *testing.T, venv string) *poetry {
	t.Helper()
	fresh := filepath.Join(t.TempDir(), "fresh")
	cmd := exec.Command(poetryPython(t), "oracle.py", venv, fresh)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &poetry{venv: venv, fresh: fresh, in: in, out: bufio.NewReaderSize(out, 1<<20)}
	cmd.Stderr = &p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	var hello struct{ Python string }
	if err := p.read(&hello); err != nil {
		t.Fatal(err)
	}
	p.python = hello.Python
	return p
}

// install installs wheels; the environment is then at to.
func (p *poetry) install(to string, wheels ...string) (answer, error) {
	return p.ask(map[string]any{"wheels": wheels, "to": to})
}

func (p *poetry) ask(request map[string]any) (answer, error) {
	line, err := json.Marshal(request)
	if err != nil {
		return answer{}, err
	}
	if _, err := fmt.Fprintf(p.in, "%s\n", line); err != nil {
		return answer{}, err
	}
	var a answer
	return a, p.read(&a)
}

func (p *poetry) read(into any) error {
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("oracle.py ended: %w\n%s", err, &p.stderr)
	}
	return json.Unmarshal(line, into)
}
