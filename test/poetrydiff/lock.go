package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

var lockedBy = regexp.MustCompile(`^# Locked by Poetry (\d[\d.]*)`)

// lockProject writes a project's lock with the Poetry that its first line names. What
// is done by hand after that, the line says.
func lockProject(name string, p *proxy) error {
	dir := filepath.Join(projectsDir, name)
	data, err := os.ReadFile(filepath.Join(dir, "pyproject.toml"))
	if err != nil {
		return err
	}
	m := lockedBy.FindSubmatch(data)
	if m == nil {
		return fmt.Errorf("the first line of %s/pyproject.toml does not start with \"# Locked by Poetry X.Y.Z\"", dir)
	}
	poetry, err := installPoetry(string(m[1]))
	if err != nil {
		return err
	}
	cache, err := os.MkdirTemp("", "poetrydiff-cache")
	if err != nil {
		return err
	}
	defer os.RemoveAll(cache)
	os.Remove(filepath.Join(dir, "poetry.lock"))
	c := exec.Command(filepath.Join(poetry, "bin/poetry"), "lock", "--no-interaction")
	c.Dir = dir
	c.Env = append(append(cleanEnvironment(), p.environment()...), "POETRY_CACHE_DIR="+cache, "POETRY_VIRTUALENVS_CREATE=false")
	return command(c)
}
