package pep517

import (
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/quatrain-build/quatrain/internal/helper/venv"
	"github.com/quatrain-build/quatrain/internal/helper/wheel"
	"github.com/quatrain-build/quatrain/internal/step"
)

//go:embed hooks.py
var hooks string

// environment is a virtual environment with the build requirements of one source.
type environment struct {
	subject   subject
	python    string
	pip       string // its wheel: it brings pyproject_hooks and packaging
	variables []string
	settings  map[string]any
	offline   bool
}

func (b *builder) newEnvironment(of subject, dir string, wheels []string) (*environment, error) {
	s := b.step
	minor := minorOf(s)
	err := venv.Make(step.Venv{Python: minor, Version: s.Python, Interpreter: s.Interpreter, Venv: dir, Out: "/"})
	if err != nil {
		return nil, err
	}
	tree, err := wheel.NewTree("/", dir, minor)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	for _, w := range wheels {
		if _, err := wheel.Install(w, tree, wheel.Options{}); err != nil {
			return nil, err
		}
	}
	bin := filepath.Join(dir, "bin")
	e := &environment{subject: of, python: filepath.Join(bin, "python"), pip: s.Pip, offline: !s.Options.Network}
	e.variables = append(e.variables, b.variables...)
	e.variables = append(e.variables, "PATH="+bin+":"+os.Getenv("PATH"), "VIRTUAL_ENV="+dir)
	e.variables = append(e.variables, versionVariables(of)...)
	return e, nil
}

// plainVariables make builds alike.
func (b *builder) plainVariables() ([]string, error) {
	all := append(inherited(os.Environ()),
		"HOME="+b.dir,
		"TMPDIR="+b.dir,
		"PYTHONHASHSEED=0",
		"SOURCE_DATE_EPOCH=315532800", // 1980, the first that a zip can hold
	)
	if !b.step.Options.Network {
		return all, nil
	}
	trusted, err := trust(b.dir)
	return append(all, trusted...), err
}

// missing asks a source for its build requirements, and returns those that the
// environment does not have: of build-system.requires, of the distributions that are
// there, and of what the backend names.
func (e *environment) missing(tree tree, s system, out string) ([]string, error) {
	if err := e.hook("missing", tree, s, out); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	var missing []string
	return missing, json.Unmarshal(data, &missing)
}

func (e *environment) wheel(tree tree, s system, out string) error {
	return e.hook("wheel", tree, s, out)
}

func (e *environment) hook(what string, tree tree, s system, out string) error {
	path := append([]string{}, s.path...)
	cmd := exec.Command(e.python, "-I", "-c", hooks, e.pip, what, tree.dir(), s.backend, out, text(path), text(e.settings), text(append([]string{}, s.requires...)))
	cmd.Dir, cmd.Env = tree.dir(), e.variables
	log, err := runLogged(cmd)
	if err == nil {
		return nil
	}
	return e.subject.failed("the build backend failed", err, log, buildHint(log+err.Error(), e.subject.name, readDistro(), e.offline))
}

// minorOf returns the minor version as it appears in paths, with a "t" if the interpreter is
// free-threaded.
func minorOf(s step.Build) string {
	parts := strings.SplitN(s.Python, ".", 3)
	minor := strings.Join(parts[:min(2, len(parts))], ".")
	if strings.HasSuffix(s.Interpreter, minor+"t") {
		minor += "t"
	}
	return minor
}

// versionVariables tell the backends that ask git for a version what it is: no history is
// there.
func versionVariables(s subject) []string {
	if s.version == "" {
		return nil
	}
	name := strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToUpper(s.name))
	return []string{
		"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_" + name + "=" + s.version,
		"SETUPTOOLS_SCM_PRETEND_VERSION=" + s.version, // hatch-vcs has no name to ask by
		"POETRY_DYNAMIC_VERSIONING_BYPASS=" + s.version,
		"PDM_BUILD_SCM_VERSION=" + s.version,
		"PBR_VERSION=" + s.version,
	}
}

// settingsOf reads KEY=VALUE; a key that comes twice has a list.
func settingsOf(pairs []string) map[string]any {
	all := map[string]any{}
	for _, p := range pairs {
		key, value, _ := strings.Cut(p, "=")
		switch old := all[key].(type) {
		case nil:
			all[key] = value
		case string:
			all[key] = []string{old, value}
		case []string:
			all[key] = append(old, value)
		}
	}
	return all
}

func text(v any) string {
	b, _ := json.Marshal(v) // strings, lists and maps of them
	return string(b)
}
