package pep517

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/quatrain-build/quatrain/internal/index"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/venv"
	"github.com/quatrain-build/quatrain/internal/wheel"
)

//go:embed hooks.py
var hooks string

// environment is a virtual environment with pip in it, and nothing else at first.
type environment struct {
	build   step.Build
	dir     string
	python  string
	plain   []string // the environment variables that every process gets
	indexes *pipIndexes
}

func newEnvironment(s step.Build, dir string) (*environment, error) {
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
	if _, err := wheel.Install(s.Pip, tree, wheel.Options{}); err != nil {
		return nil, err
	}
	certificates, err := trust(filepath.Dir(dir))
	if err != nil {
		return nil, err
	}
	e := &environment{build: s, dir: dir, python: filepath.Join(dir, "bin", "python")}
	e.plain = append(inherited(os.Environ()), fixedVariables(dir)...)
	for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "CARGO_HTTP_CAINFO", "PIP_CERT"} {
		e.plain = append(e.plain, name+"="+certificates)
	}
	e.indexes, err = newPipIndexes(s.Options, index.RelayInStep())
	return e, err
}

// minorOf is the minor version as paths have it: the interpreter's name says
// whether it is free-threaded.
func minorOf(s step.Build) string {
	parts := strings.SplitN(s.Python, ".", 3)
	minor := strings.Join(parts[:min(2, len(parts))], ".")
	if strings.HasSuffix(s.Interpreter, minor+"t") {
		minor += "t"
	}
	return minor
}

// inherited drops what a backend has no business to know: the logins.
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

// fixedVariables make builds alike.
func fixedVariables(dir string) []string {
	return []string{
		"PATH=" + filepath.Join(dir, "bin") + ":" + os.Getenv("PATH"),
		"VIRTUAL_ENV=" + dir,
		"HOME=" + filepath.Dir(dir),
		"TMPDIR=" + filepath.Dir(dir),
		"PYTHONHASHSEED=0",
		"SOURCE_DATE_EPOCH=315532800", // 1980, the first that a zip can hold
		"PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_NO_INPUT=1", "PIP_ROOT_USER_ACTION=ignore", "PIP_PROGRESS_BAR=off",
		"PIP_CACHE_DIR=" + step.PipCache,
	}
}

// versionVariables tell the backends that ask git for a version what the lock says it
// is: no history is there. They are for the hooks of this package only, since most
// name none: a build requirement that pip builds has a version of its own.
func versionVariables(s step.Build) []string {
	name := strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToUpper(s.Package))
	return []string{
		"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_" + name + "=" + s.Version,
		"SETUPTOOLS_SCM_PRETEND_VERSION=" + s.Version, // hatch-vcs has no name to ask by
		"POETRY_DYNAMIC_VERSIONING_BYPASS=" + s.Version,
		"PDM_BUILD_SCM_VERSION=" + s.Version,
		"PBR_VERSION=" + s.Version,
	}
}

// trust writes one file with all authorities that the step knows.
func trust(dir string) (string, error) {
	data, err := index.Authorities(step.Bundle, step.CA, step.CADir)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "ca.pem")
	return name, os.WriteFile(name, data, 0o644)
}

// install brings build requirements in: from the primary indexes, and where those
// have not everything, from the supplemental ones too.
func (e *environment) install(requirements []string) error {
	if len(requirements) == 0 {
		return nil
	}
	args := []string{"-m", "pip", "install", "--quiet", "--no-warn-script-location"}
	if c := e.build.Options.Constraints; len(c) > 0 {
		name := filepath.Join(filepath.Dir(e.dir), "constraints.txt")
		if err := os.WriteFile(name, []byte(strings.Join(c, "\n")+"\n"), 0o644); err != nil {
			return err
		}
		args = append(args, "--constraint", name, "--build-constraint", name)
	}
	args = append(append(args, "--"), requirements...)
	fmt.Fprintf(os.Stderr, "build requirements of %s: %s\n", e.build.Package, strings.Join(requirements, ", "))
	var err error
	for _, variables := range e.indexes.attempts() {
		if err = e.run("installing its build requirements failed", "", variables, args...); err == nil {
			return nil
		}
	}
	return e.indexes.explain(e.build, err)
}

// requirements asks the backend for what it needs beyond build-system.requires.
func (e *environment) requirements(tree string, s system) ([]string, error) {
	out := filepath.Join(filepath.Dir(e.dir), "requires.json")
	if err := e.hook("requires", tree, s, out); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	var more []string
	return more, json.Unmarshal(data, &more)
}

func (e *environment) wheel(tree string, s system, out string) error {
	return e.hook("wheel", tree, s, out)
}

func (e *environment) hook(what, tree string, s system, out string) error {
	path, settings := []string{}, settingsOf(e.build.Options.Settings)
	path = append(path, s.path...)
	args := []string{"-c", hooks, what, tree, s.backend, out, text(path), text(settings)}
	return e.run("its build backend failed", tree, versionVariables(e.build), args...)
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
