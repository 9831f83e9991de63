package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/quatrain-build/quatrain/test/answers"
)

//go:embed oracle.py
var oracleScript string

// current is the Poetry whose answers count, old the one that writes locks that say
// neither groups nor markers.
const (
	current = "2.5.1"
	old     = "1.8.5"
)

// pythonFor is the CPython that a version of Poetry runs on.
func pythonFor(poetry string) string {
	switch {
	case strings.HasPrefix(poetry, "1.1.") || strings.HasPrefix(poetry, "1.2."):
		return "3.9"
	case strings.HasPrefix(poetry, "1.3.") || strings.HasPrefix(poetry, "1.4."):
		return "3.10"
	}
	return "3.11"
}

// cacheDir keeps Poetrys and environments from run to run.
func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "quatrain", "poetry")
}

// findPython finds a CPython by its minor version, on PATH or in pyenv.
func findPython(minor string) (string, error) {
	home, _ := os.UserHomeDir()
	found, _ := filepath.Glob(filepath.Join(home, ".pyenv/versions", minor+".*", "bin/python"))
	slices.Reverse(found)
	for _, candidate := range append(found, "python"+minor) {
		out, err := exec.Command(candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").Output()
		if err == nil && strings.TrimSpace(string(out)) == minor {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("there is no CPython %s, on PATH as python%[1]s or in pyenv: it is needed", minor)
}

// installPoetry gives the folder of a Poetry of its own.
func installPoetry(version string) (string, error) {
	dir := filepath.Join(cacheDir(), version)
	if _, err := os.Stat(filepath.Join(dir, "bin/poetry")); err == nil {
		return dir, nil
	}
	python, err := findPython(pythonFor(version))
	if err != nil {
		return "", err
	}
	fmt.Printf("installing Poetry %s\n", version)
	if err := command(exec.Command(python, "-m", "venv", dir)); err != nil {
		return "", err
	}
	return dir, command(exec.Command(filepath.Join(dir, "bin/pip"), "install", "-q", "poetry=="+version))
}

// command runs and tells what was printed if it fails.
func command(c *exec.Cmd) error {
	out, err := c.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, out)
	}
	return nil
}

// target is an empty environment of one Python.
type target struct{ dir, version string }

// newTarget makes the environment. Nothing is ever installed into it.
func newTarget(minor string) (target, error) {
	python, err := findPython(minor)
	if err != nil {
		return target{}, err
	}
	t := target{dir: filepath.Join(cacheDir(), "target-"+minor)}
	if _, err := os.Stat(filepath.Join(t.dir, "bin/python")); err != nil {
		if err := command(exec.Command(python, "-m", "venv", "--without-pip", t.dir)); err != nil {
			return t, err
		}
	}
	out, err := exec.Command(filepath.Join(t.dir, "bin/python"), "-c", "import platform; print(platform.python_version())").Output()
	t.version = strings.TrimSpace(string(out))
	return t, err
}

// glibc is the C library that the environments run on.
func glibc() (string, error) {
	out, err := exec.Command("getconf", "GNU_LIBC_VERSION").Output()
	return strings.ReplaceAll(strings.TrimSpace(string(out)), " ", "-"), err
}

// oracle is a Poetry that answers many questions in one process.
type oracle struct {
	version string
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	cache   string
	asked   int
	start   func() error
}

// patience is how long a question may take: some random project keeps Poetry's solver
// busy for hours.
const patience = 90 * time.Second

func newOracle(version string, surroundings []string) (*oracle, error) {
	dir, err := installPoetry(version)
	if err != nil {
		return nil, err
	}
	o := &oracle{version: version}
	if o.cache, err = os.MkdirTemp("", "poetrydiff-cache"); err != nil {
		return nil, err
	}
	o.start = func() error {
		o.command = exec.Command(filepath.Join(dir, "bin/python"), "-c", oracleScript)
		o.command.Env = append(cleanEnvironment(), surroundings...)
		o.command.Stderr = os.Stderr
		o.in, _ = o.command.StdinPipe()
		out, _ := o.command.StdoutPipe()
		o.out = bufio.NewScanner(out)
		o.out.Buffer(nil, 64<<20)
		return o.command.Start()
	}
	return o, o.start()
}

// cleanEnvironment is this process's without what steers Poetry.
func cleanEnvironment() []string {
	steers := regexp.MustCompile(`^(POETRY_|VIRTUAL_ENV=|PYTHON|PIP_|(?i:\w+_proxy)=)`)
	return slices.DeleteFunc(os.Environ(), func(e string) bool { return steers.MatchString(e) })
}

func (o *oracle) close() {
	o.in.Close()
	o.command.Wait()
	os.RemoveAll(o.cache)
}

// reply is what oracle.py answers.
type reply struct {
	Status         int
	Output         string
	Groups, Extras []string
	Packages       []answers.Plain
}

// ask runs one command line of Poetry in a project's folder. Its cache is empty.
func (o *oracle) ask(dir, venv string, files bool, settings []string, args ...string) (reply, error) {
	o.asked++
	env := map[string]string{"POETRY_CACHE_DIR": filepath.Join(o.cache, fmt.Sprint(o.asked))}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		env[name] = value
	}
	question, err := json.Marshal(map[string]any{"dir": dir, "venv": venv, "files": files, "env": env, "args": args})
	if err != nil {
		return reply{}, err
	}
	if _, err := fmt.Fprintf(o.in, "%s\n", question); err != nil {
		return reply{}, err
	}
	running := o.command.Process
	deadline := time.AfterFunc(patience, func() { running.Kill() })
	answered := o.out.Scan()
	if late := !deadline.Stop(); late && !answered {
		o.command.Wait()
		return reply{Status: -1, Output: "no answer in " + patience.String()}, o.start()
	}
	if !answered {
		return reply{}, fmt.Errorf("the process of Poetry %s stopped answering in %s: %v", o.version, dir, o.out.Err())
	}
	var r reply
	err = json.Unmarshal(o.out.Bytes(), &r)
	os.RemoveAll(env["POETRY_CACHE_DIR"])
	return r, err
}
