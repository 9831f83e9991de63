package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetrytoml"
	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// projectFiles is what a project's folder says.
type projectFiles struct {
	project       *pyproject.Project
	lock          *lockfile.Lock
	settings      poetrytoml.Settings
	pythonVersion string // the contents of .python-version
}

// readProject reads and parses; all that is wrong is joined. Warnings are printed.
func readProject(dir string, errOut io.Writer) (projectFiles, error) {
	var p projectFiles
	manifest, errManifest := required(dir, "pyproject.toml")
	lock, errLock := required(dir, "poetry.lock")
	if err := errors.Join(errManifest, errLock); err != nil {
		return p, err
	}
	settings, errSettings := optional(dir, "poetry.toml")
	version, errVersion := optional(dir, ".python-version")
	if err := errors.Join(errSettings, errVersion); err != nil {
		return p, err
	}
	p.pythonVersion = string(version.Data)

	var warnings [3][]*source.Error
	p.project, warnings[0], errManifest = pyproject.Parse(manifest)
	p.lock, warnings[1], errLock = lockfile.Parse(lock)
	p.settings, warnings[2], errSettings = poetrytoml.Parse(settings)
	for _, of := range warnings {
		for _, w := range of {
			fmt.Fprintln(errOut, "warning:", w)
		}
	}
	return p, errors.Join(errManifest, errLock, errSettings)
}

func required(dir, name string) (*source.File, error) {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, source.Errorf(source.Range{}, "there is no %s in %s", name, dir).
			WithHint("A project has both pyproject.toml and poetry.lock; `poetry lock` makes the second.")
	}
	return &source.File{Name: name, Data: data}, err
}

// optional is an empty file where there is none.
func optional(dir, name string) (*source.File, error) {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &source.File{Name: name, Data: data}, nil
}
