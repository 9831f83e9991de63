// Package apt installs Debian packages and removes the lists, caches, logs and times that
// differ between two builds.
package apt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/quatrain-build/quatrain/internal/helper/process"
	"github.com/quatrain-build/quatrain/internal/names"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Run runs the apt step.
func Run(s step.Apt) error {
	return installer{root: "/", run: command, packageNames: aptNames, pause: 2 * time.Second}.install(s.Packages)
}

// installer holds what tests replace.
type installer struct {
	root         string // where files are looked for and removed
	run          func(argv ...string) error
	packageNames func(*lines) error // writes the name of each package that there is
	pause        time.Duration      // before another try
}

func (i installer) install(packages []string) error {
	for _, p := range packages {
		if err := checkPackage(p); err != nil {
			return err
		}
	}
	if len(packages) == 0 {
		return nil
	}
	began := time.Now().Add(-time.Second) // the clock of a file system is a little behind
	if err := i.updateAndInstall(packages); err != nil {
		return err
	}
	if err := i.clean(); err != nil {
		return err
	}
	return i.settle(began)
}

// updateAndInstall updates the package lists and installs the packages. Everything that it
// writes is in the root, including the certificates that it adds and removes again.
func (i installer) updateAndInstall(packages []string) error {
	options, remove, err := i.trust()
	if err != nil {
		return err
	}
	defer remove()
	return i.again(func() error {
		if err := i.run(argv(options, "update")...); err != nil {
			return err
		}
		if err := i.checkExact(packages); err != nil {
			return err
		}
		install := argv(options, "install", "-y", "--no-install-recommends", "--")
		return i.run(append(install, packages...)...)
	})
}

// argv returns an apt-get command. Without Error-Mode, update succeeds although a suite was
// not downloaded, and packages are older or not found. With a delay between retries, apt 2.6
// hangs if several downloads fail.
func argv(options []string, command ...string) []string {
	args := []string{"apt-get", "-q", "-o", "Acquire::Retries=3", "-o", "Acquire::Retries::Delay=false", "-o", "APT::Update::Error-Mode=any"}
	return append(append(args, options...), command...)
}

// checkPackage refuses what apt-get would read as something else: an option, a
// pattern, a file, or (with "-" at the end) a package to remove.
func checkPackage(name string) error {
	if _, ok := names.DebianPackage(name); ok {
		return nil
	}
	return &step.Problem{
		Kind: step.Failed, Package: name, Message: "not a Debian package name",
		Hint: "Write one name, with or without a version, such as libpq5 or libpq5=15.6-0+deb12u1.",
	}
}

// command runs apt-get with its output in the step's log; the problem has the
// lines in which apt-get says why, and is of kind [step.Unreachable] where it could
// not download, before anything was installed.
func command(argv ...string) error {
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return &step.Problem{
			Kind: step.Failed, Message: "the image has no apt-get",
			Hint: "Use a base made from Debian or Ubuntu, or remove `apt` and use a base that already has the packages.",
		}
	}
	cmd := exec.Command(path, argv[1:]...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	var log bytes.Buffer
	cmd.Stdout = os.Stderr
	cmd.Stderr = io.MultiWriter(os.Stderr, &log)
	err = process.Run(cmd)
	if err == nil {
		return nil
	}
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		return step.Unrunnable(step.Failed, "apt-get", err)
	}
	p := &step.Problem{Kind: step.Failed, Message: fmt.Sprintf("apt-get failed: %v", err)}
	for line := range strings.Lines(log.String()) {
		if strings.HasPrefix(line, "E: ") {
			p.Message += "\n" + strings.TrimSpace(line)
		}
		if strings.HasPrefix(line, "E: Failed to fetch ") {
			p.Kind, p.Hint = step.Unreachable, hintDownload
		}
	}
	return p
}

// traces is what goes after an installation, as patterns below the root.
var traces = []string{
	"var/lib/apt/lists/*",
	"var/cache/apt/*",
	"var/log/apt",
	"var/log/dpkg.log",
	"var/log/alternatives.log",
	"var/cache/ldconfig/aux-cache",
	"var/cache/debconf/*-old",
	"var/lib/dpkg/*-old",
}

func (i installer) clean() error {
	for _, pattern := range traces {
		found, err := filepath.Glob(filepath.Join(i.root, pattern))
		if err != nil {
			return err
		}
		for _, f := range found {
			if err := os.RemoveAll(f); err != nil {
				return err
			}
		}
	}
	return nil
}
