// Package wheel installs wheels into a virtual environment with the same result as Poetry: the
// launchers, schemes and RECORD of pypa/installer.
//
// It follows
// https://packaging.python.org/en/latest/specifications/binary-distribution-format/. Unlike
// Poetry, it does not trust the archive: it refuses files that would be outside their folder
// or that readers understand differently, with a [step.Problem] of kind [step.BadWheel].
package wheel

import (
	"io"
	"os"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

// Installer is what the INSTALLER file says (PEP 376), without a line end as Poetry's.
const Installer = "quatrain"

// Options is what installing one wheel needs beyond the wheel.
type Options struct {
	DirectURL string    // contents of direct_url.json (PEP 610), "" for none
	Built     bool      // made in this build; else it is a file that the lock names
	Warnings  io.Writer // where to say what is odd but harmless; nil: nowhere
}

// Installed is what Install did.
type Installed struct {
	Package  string // canonical name
	Version  string // as the file name has it
	DistInfo string // name of the .dist-info folder
	Files    int    // files in RECORD, RECORD included
}

// Run runs the install step. After a bad wheel it goes on, so that every bad wheel is
// reported, and then fails.
func Run(s step.Install) error {
	tree, err := NewTree(s.Out, s.Venv, s.Python)
	if err != nil {
		return err
	}
	defer tree.Close()
	var problems joined
	for _, w := range s.Wheels {
		path, built, err := locate(w)
		if err == nil {
			_, err = Install(path, tree, Options{DirectURL: w.DirectURL, Built: built, Warnings: os.Stderr})
		}
		if err != nil {
			problems = append(problems, err)
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return fixed.Tree(s.Out)
}

// joined is several errors, one a line.
type joined []error

func (j joined) Unwrap() []error { return j }
func (j joined) Error() string {
	var lines []string
	for _, e := range j {
		lines = append(lines, e.Error())
	}
	return strings.Join(lines, "\n")
}
