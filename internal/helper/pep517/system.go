package pep517

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	toml "github.com/quatrain-build/quatrain/internal/source"
)

// system is a source's [build-system] (PEP 518).
type system struct {
	requires []string
	backend  string
	path     []string // backend-path
}

// legacy is what PEP 517 says of a source without [build-system]: setuptools, as
// `python setup.py` would run it. "wheel" is for versions of setuptools before 70.1.
var legacy = system{requires: []string{"setuptools>=40.8.0", "wheel"}, backend: "setuptools.build_meta:__legacy__"}

// readSystem reads pyproject.toml. Errors: it is not TOML, or has a backend-path that
// leaves the tree.
func readSystem(tree tree) (system, error) {
	data, err := tree.read("pyproject.toml")
	if errors.Is(err, fs.ErrNotExist) {
		return legacy, nil
	}
	if err != nil {
		return system{}, err
	}
	root, err := toml.ParseTOML(&toml.File{Name: "pyproject.toml", Data: data})
	if err != nil {
		return system{}, fmt.Errorf("pyproject.toml: %w", err)
	}
	var r toml.Reader
	table := r.Table(root.Get("build-system"))
	if table == nil {
		return legacy, errors.Join(r.Errs...)
	}
	s := system{
		requires: r.Strings(table.Get("requires")),
		backend:  r.String(table.Get("build-backend")),
		path:     r.Strings(table.Get("backend-path")),
	}
	if s.backend == "" {
		s.backend = legacy.backend
	}
	for _, p := range s.path {
		if !filepath.IsLocal(p) {
			return s, fmt.Errorf("pyproject.toml: backend-path %q leaves the source", p)
		}
	}
	return s, errors.Join(r.Errs...)
}

func sameVersion(a, b string) bool {
	x, errX := pep440.ParseVersion(a)
	y, errY := pep440.ParseVersion(b)
	return a == b || errX == nil && errY == nil && x.Compare(y) == 0
}
