package plan

import (
	"errors"
	"fmt"
	"path"
	"sort"
	"strconv"
	"strings"

	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// The user that images run as where none is configured. The number is high so
// that it meets no system user, and files belong to root: the user cannot write them.
const (
	defaultUser = "app"
	defaultUID  = 10001
)

// User is who the image runs as.
type User struct {
	Name     string // "" where only numbers are known
	UID, GID int
	Create   bool // passwd and group get an entry
}

// String is the numeric form that an image's configuration carries.
func (u User) String() string { return fmt.Sprintf("%d:%d", u.UID, u.GID) }

// Home is the user's home directory.
func (u User) Home() string {
	switch {
	case u.UID == 0:
		return "/root"
	case u.Name != "":
		return "/home/" + u.Name
	default:
		return "/"
	}
}

// IDs are numbers for the image's user, "" for its own: a person who mounts a working
// copy wants to own what the container writes there.
type IDs struct{ UID, GID string }

// ParseIDs reads what a request gives. The group is the user's number where none is given.
// Errors: not numbers, or root's.
func ParseIDs(uid, gid string) (IDs, error) {
	if uid == "" && gid == "" {
		return IDs{}, nil
	}
	if gid == "" {
		gid = uid
	}
	for _, id := range []string{uid, gid} {
		if n, err := strconv.ParseUint(id, 10, 31); err != nil || n == 0 {
			return IDs{}, source.Errorf(source.Range{}, "UID %q and GID %q are not numbers of an ordinary user", uid, gid).
				WithHint("Pass both as `id -u` and `id -g` print them: --build-arg UID=1000 --build-arg GID=1000.")
		}
	}
	return IDs{UID: uid, GID: gid}, nil
}

// User is the target's user: a name of its own, "root", a number or two. Root stays
// root whatever the request's numbers are.
func (t Target) User() (User, error) {
	u, err := t.ownUser()
	if err != nil || t.RunAs == (IDs{}) || u.UID == 0 {
		return u, err
	}
	uid, errUID := strconv.Atoi(t.RunAs.UID)
	gid, errGID := strconv.Atoi(t.RunAs.GID)
	u.UID, u.GID = uid, gid
	return u, errors.Join(errUID, errGID)
}

func (t Target) ownUser() (User, error) {
	asked := t.Image.User
	switch asked.Value {
	case "":
		return User{Name: defaultUser, UID: defaultUID, GID: defaultUID, Create: true}, nil
	case "root":
		return User{Name: "root"}, nil
	}
	uid, gid, two := strings.Cut(asked.Value, ":")
	if !two {
		gid = uid
	}
	u, errUser := strconv.Atoi(uid)
	g, errGroup := strconv.Atoi(gid)
	if errUser == nil && errGroup == nil && u >= 0 && g >= 0 {
		return User{UID: u, GID: g}, nil
	}
	if two || !isUserName(asked.Value) {
		return User{}, source.Errorf(asked.At, "user %q is neither a name nor numbers", asked.Value).
			WithHint("Use a name such as \"app\", \"1000\" or \"1000:1000\".")
	}
	return User{Name: asked.Value, UID: defaultUID, GID: defaultUID, Create: true}, nil
}

// isUserName follows adduser(8): lower case, digits, dash and underscore.
func isUserName(s string) bool {
	if len(s) > 32 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// Workdir is where the project stands in the image.
func (t Target) Workdir() string {
	if w := t.Image.Workdir.Value; w != "" {
		return path.Clean("/" + w)
	}
	return "/app"
}

// Env is the environment of the image on top of the base's, in order: the
// interpreter's settings first, the user's own last and winning.
func (p *Plan) Env(basePath string) ([]pyproject.Pair, error) {
	user, err := p.Target.User()
	if err != nil {
		return nil, err
	}
	if basePath == "" {
		basePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	env := []pyproject.Pair{{Name: "HOME", Value: user.Home()}, {Name: "PYTHONUNBUFFERED", Value: "1"}}
	if p.Target.Stage > BaseStage {
		env = append(env,
			pyproject.Pair{Name: "PATH", Value: Venv + "/bin:" + basePath},
			pyproject.Pair{Name: "VIRTUAL_ENV", Value: Venv})
	}
	return pyproject.MergePairs(env, p.Target.Image.Env), nil
}

// Command is what the image runs: the configured one, else the project's only
// console script, else the interpreter.
func (p *Plan) Command() []string {
	if c := p.Target.Image.Command; c != nil {
		return c.Args
	}
	if p.Target.Stage == AppStage && p.Target.InstallRoot {
		if scripts := p.Project.ConsoleScripts(); len(scripts) == 1 {
			return []string{scripts[0].Name}
		}
	}
	if p.Target.Stage == BaseStage {
		return []string{p.Base.Interpreter}
	}
	return []string{"python"}
}

// Ports lists the exposed ports as "80/tcp", sorted.
func (t Target) Ports() []string {
	var all []string
	for _, p := range t.Image.Ports {
		all = append(all, fmt.Sprintf("%d/%s", p.Number, p.Protocol))
	}
	sort.Strings(all)
	return all
}
