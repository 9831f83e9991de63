// Package venv writes the files that make a folder a virtual environment (PEP 405), without
// running an interpreter.
package venv

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

// Run runs the venv step. It writes no activate scripts: the image sets PATH and VIRTUAL_ENV
// instead.
func Run(s step.Venv) error {
	if err := Make(s); err != nil {
		return err
	}
	return fixed.Tree(s.Out)
}

// Make creates an environment without fixed file times, for one that no layer will hold.
func Make(s step.Venv) error {
	if err := check(s); err != nil {
		return err
	}
	root := filepath.Join(s.Out, s.Venv)
	for _, dir := range []string{"bin", step.SitePackages(s.Python)} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			return err
		}
	}
	for _, l := range links(s) {
		if err := os.Symlink(l.target, filepath.Join(root, l.name)); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(root, "pyvenv.cfg"), config(s))
}

// check refuses what would make another file or another key of pyvenv.cfg.
func check(s step.Venv) error {
	if strings.ContainsAny(s.Python+s.Version+s.Interpreter+s.Venv, "\n\r\x00") || strings.Contains(s.Python+s.Version, "/") {
		return errors.New("venv: control character or slash in an argument")
	}
	if !path.IsAbs(s.Interpreter) || !path.IsAbs(s.Venv) {
		return errors.New("venv: interpreter and environment need absolute paths")
	}
	return nil
}

type link struct{ name, target string }

func links(s step.Venv) []link {
	all := []link{
		{"bin/python", s.Interpreter},
		{"bin/python3", "python"},
		{"bin/python" + s.Python, "python"},
		{"lib64", "lib"}, // some packages look for platlib there
	}
	if plain, threaded := strings.CutSuffix(s.Python, "t"); threaded {
		all = append(all, link{"bin/python" + plain, "python"})
	}
	return all
}

// config returns pyvenv.cfg. Without its last key CPython would include the base's
// site-packages. "version" is what the standard venv writes, "version_info" what virtualenv
// and uv write.
func config(s step.Venv) string {
	return fmt.Sprintf("home = %s\nimplementation = CPython\nversion_info = %s\nversion = %s\ninclude-system-site-packages = false\n",
		path.Dir(s.Interpreter), s.Version, s.Version)
}

func writeFile(name, text string) error {
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Chmod(name, 0o644) // whatever the umask
}
