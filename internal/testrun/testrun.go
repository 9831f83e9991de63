// Package testrun runs a project's tests as the image's user, inside a build.
package testrun

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Run is the test step. The command may write to the workdir, as tests like to, and
// to Out, whose files are the step's output. Its own output is the step's log.
func Run(s step.Test) error {
	uid, gid, err := ids(s.User)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.Out, 0o755); err != nil {
		return err
	}
	for _, dir := range []string{s.Dir, s.Out} {
		if err := give(dir, uid, gid); err != nil {
			return err
		}
	}
	path, err := exec.LookPath(s.Command[0])
	if err != nil {
		return &step.Problem{Kind: step.CommandFailed, Message: fmt.Sprintf("there is no program %s in the image", s.Command[0]),
			Hint: "Is its package in one of the target's groups?"}
	}
	cmd := exec.Command(path, s.Command[1:]...)
	cmd.Dir = s.Dir
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &step.Problem{Kind: step.CommandFailed, Message: fmt.Sprintf("%s: %s", strings.Join(s.Command, " "), exit.ProcessState),
			Hint: "What it printed is in the log of this build, above."}
	}
	return step.Unrunnable(s.Command[0], err)
}

// ids reads "10001:10001".
func ids(user string) (uid, gid uint32, err error) {
	u, g, ok := strings.Cut(user, ":")
	a, errU := strconv.ParseUint(u, 10, 32)
	b, errG := strconv.ParseUint(g, 10, 32)
	if !ok || errU != nil || errG != nil {
		return 0, 0, fmt.Errorf("user %q is not uid:gid", user)
	}
	return uint32(a), uint32(b), nil
}

// give makes a tree the user's. Links are not followed.
func give(dir string, uid, gid uint32) error {
	return filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(name, int(uid), int(gid))
	})
}
