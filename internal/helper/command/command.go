// Package command runs the tests and the prepare command of a project in a build, as the user
// of the image.
package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/quatrain-build/quatrain/internal/helper/process"
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
// command is to blame; explain says what to do about its exit, by the end of its output.
func (u user) run(kind step.Kind, dir string, argv []string, explain func(said string) (what, hint string)) error {
	if err := os.Chdir(dir); err != nil {
		return err
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return &step.Problem{Kind: kind, Message: fmt.Sprintf("command not found in the image: %s", argv[0]),
			Hint: "Add its package to one of the target's groups."}
	}
	cmd := exec.Command(path, argv[1:]...)
	said := &tail{}
	log := io.MultiWriter(os.Stderr, said)
	cmd.Stdout, cmd.Stderr = log, log
	if int(u.uid) != os.Getuid() || int(u.gid) != os.Getgid() { // only root may change them
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: u.uid, Gid: u.gid}}
	}
	err = process.Run(cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		what, hint := explain(string(said.end))
		return &step.Problem{Kind: kind, Message: fmt.Sprintf("%s: %v%s", strings.Join(argv, " "), err, what), Hint: process.Hint(err, hint)}
	}
	return step.Unrunnable(kind, argv[0], err)
}

// inTheLog is the hint where no more is known.
const inTheLog = "Read the command's output in the build log above."

// tail keeps the end of what is written to it.
type tail struct{ end []byte }

// maxTail is how many bytes it keeps at least.
const maxTail = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.end = append(t.end, p...)
	if n := len(t.end) - maxTail; n > maxTail {
		t.end = append([]byte(nil), t.end[n:]...)
	}
	return len(p), nil
}
