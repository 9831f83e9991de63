// Package command runs a project's own commands inside a build, as the image's user:
// its tests, and what prepares its files.
package command

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

	"github.com/quatrain-build/quatrain/internal/process"
	"github.com/quatrain-build/quatrain/internal/step"
)

// user is whom a command runs as.
type user struct{ uid, gid uint32 }

// parseUser reads "10001:10001".
func parseUser(text string) (user, error) {
	u, g, ok := strings.Cut(text, ":")
	uid, errU := strconv.ParseUint(u, 10, 32)
	gid, errG := strconv.ParseUint(g, 10, 32)
	if !ok || errU != nil || errG != nil {
		return user{}, fmt.Errorf("user %q is not uid:gid", text)
	}
	return user{uint32(uid), uint32(gid)}, nil
}

// own makes a folder, if need be, and all that is in it the user's. Links are not
// followed.
func (u user) own(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(name, int(u.uid), int(u.gid))
	})
}

// run runs a command in a folder, which is where a relative path to its program
// starts. Its output is the step's log. Errors: a problem of the given kind, where the
// command is to blame; limits is what to know of where it runs when it fails.
func (u user) run(kind step.Kind, dir string, argv []string, limits string) error {
	if err := os.Chdir(dir); err != nil {
		return err
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return &step.Problem{Kind: kind, Message: fmt.Sprintf("there is no program %s in the image", argv[0]),
			Hint: "Is its package in one of the target's groups?"}
	}
	cmd := exec.Command(path, argv[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if int(u.uid) != os.Getuid() || int(u.gid) != os.Getgid() { // only root may change them
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: u.uid, Gid: u.gid}}
	}
	err = process.Run(cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &step.Problem{Kind: kind, Message: fmt.Sprintf("%s: %v", strings.Join(argv, " "), err),
			Hint: process.Hint(err, "What it printed is in the log of this build, above."+limits)}
	}
	return step.Unrunnable(kind, argv[0], err)
}
