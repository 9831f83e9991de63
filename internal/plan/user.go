package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// The user that images run as if nothing else is asked for. A new user has the first
// number from firstID on that the base image does not have: it is high, so that no
// system user of a mounted volume has it.
const (
	defaultUser = "app"
	firstID     = 10001
)

// User is who the image runs as. The project's files belong to root, so that the user
// cannot write them.
type User struct {
	Name     string
	UID, GID int
	Home     string
	New      bool   // the base image has no such user: passwd gets an entry, and the home is made
	NewGroup string // the group's name if the base image has no such group, else ""
}

// String returns the numeric form that an image's configuration has.
func (u User) String() string { return fmt.Sprintf("%d:%d", u.UID, u.GID) }

// IDs are numbers that the request gives the image's user, "" for none: a person who
// mounts a working copy wants to own what the container writes there.
type IDs struct{ UID, GID string }

// ParseIDs reads what a request gives. Without a group, it is the user's number.
// Errors: not numbers, or root's.
func ParseIDs(uid, gid string) (IDs, error) {
	if uid == "" && gid == "" {
		return IDs{}, nil
	}
	ids := IDs{UID: uid, GID: cmp.Or(gid, uid)}
	u, okUID := base.ParseID(ids.UID)
	_, okGID := base.ParseID(ids.GID)
	if !okUID || !okGID || u == 0 {
		return IDs{}, source.Errorf(source.Range{}, "UID %q and GID %q are not those of an ordinary user", uid, gid).
			WithHint("Pass the output of `id -u` and `id -g`: --build-arg UID=1000 --build-arg GID=1000.")
	}
	return ids, nil
}

// User returns the image's user. One that the base image has keeps its number, group
// and home. Another is new: it gets a name, a number, a group and a home of its own,
// as far as the target does not say them. Root stays root whatever numbers the request
// gives.
func (p *Plan) User() (User, error) {
	user, group, newName := p.Target.askedUser()
	b := baseUsers{p.Base.Accounts(), p.Base.Groups(), p.Target.Image.User.At}
	u, err := b.user(user, newName)
	if err != nil {
		return User{}, err
	}
	return b.withGroup(u, group)
}

// askedUser returns the user and the group that the target asks for, each a name, a
// number or "", and how a new user with that number is called.
func (t Target) askedUser() (user, group, newName string) {
	user, group, _ = strings.Cut(cmp.Or(t.Image.User.Value, defaultUser), ":")
	_, isID := base.ParseID(user)
	switch {
	case pyproject.IsRoot(user):
		return "0", group, "root"
	case t.RunAs == IDs{} && isID:
		return user, group, defaultUser
	case t.RunAs == IDs{}:
		return user, group, user
	case isID:
		return t.RunAs.UID, t.RunAs.GID, defaultUser
	}
	return t.RunAs.UID, t.RunAs.GID, user
}

// baseUsers are the users and groups of a base image; at is where the target asks for one.
type baseUsers struct {
	accounts []base.Account
	groups   []base.Group
	at       source.Range
}

func (b baseUsers) user(asked, newName string) (User, error) {
	id, isID := base.ParseID(asked)
	for _, a := range b.accounts {
		switch {
		case isID && a.UID == id:
			return User{Name: a.Name, UID: a.UID, GID: a.GID, Home: usableHome(a.Home)}, nil
		case !isID && a.Name == asked && a.UID == 0:
			return User{}, source.Errorf(b.at, "user %q is root in the base image", asked).
				WithHint("Set `user` in [tool.quatrain] to another name, or to \"root\" if that is what you want.")
		case !isID && a.Name == asked:
			return User{Name: a.Name, UID: a.UID, GID: a.GID, Home: usableHome(a.Home)}, nil
		}
	}
	if isID {
		name := b.freeUserName(newName, id)
		return User{Name: name, UID: id, GID: id, Home: homeOf(name, id), New: true}, nil
	}
	id = b.freeID()
	return User{Name: asked, UID: id, GID: id, Home: homeOf(asked, id), New: true}, b.checkNewName(asked)
}

func (b baseUsers) withGroup(u User, asked string) (User, error) {
	if asked == "root" {
		asked = "0"
	}
	id, isID := base.ParseID(asked)
	known := slices.IndexFunc(b.groups, func(g base.Group) bool { return g.Name == asked })
	switch {
	case asked == "" && !u.New:
		return u, nil
	case asked == "":
	case isID:
		u.GID = id
	case known >= 0:
		u.GID = b.groups[known].GID
		return u, nil
	default:
		if !u.New || u.GID == 0 || b.hasGroup(u.GID) {
			u.GID = b.freeID()
		}
		u.NewGroup = asked
		return u, b.checkNewName(asked)
	}
	if !b.hasGroup(u.GID) {
		name := u.Name
		if u.GID == 0 {
			name = "root"
		}
		u.NewGroup = b.freeGroupName(name, u.GID)
	}
	return u, nil
}

// newName is what useradd(8) and adduser(8) accept.
var newName = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,31}$`)

func (b baseUsers) checkNewName(name string) error {
	if newName.MatchString(name) {
		return nil
	}
	return source.Errorf(b.at, "%q is not in the base image, and is not a valid name for a new user or group", name).
		WithHint("Use lower case, digits, dash and underscore, or a number.")
}

func (b baseUsers) hasGroup(gid int) bool {
	return slices.ContainsFunc(b.groups, func(g base.Group) bool { return g.GID == gid })
}

// freeID returns a number that no user and no group of the base image has.
func (b baseUsers) freeID() int {
	taken := map[int]bool{}
	for _, a := range b.accounts {
		taken[a.UID], taken[a.GID] = true, true
	}
	for _, g := range b.groups {
		taken[g.GID] = true
	}
	id := firstID
	for taken[id] {
		id++
	}
	return id
}

func (b baseUsers) freeUserName(name string, id int) string {
	return freeName(name, id, func(s string) bool {
		return slices.ContainsFunc(b.accounts, func(a base.Account) bool { return a.Name == s })
	})
}

func (b baseUsers) freeGroupName(name string, id int) string {
	return freeName(name, id, func(s string) bool {
		return slices.ContainsFunc(b.groups, func(g base.Group) bool { return g.Name == s })
	})
}

// freeName returns a name that is not taken: "app", "app-1000", "app-1000-".
func freeName(name string, id int, taken func(string) bool) string {
	if !taken(name) {
		return name
	}
	for name = fmt.Sprintf("%s-%d", name, id); taken(name); name += "-" {
	}
	return name
}

func homeOf(name string, uid int) string {
	if uid == 0 {
		return "/root"
	}
	return "/home/" + name
}

// usableHome returns a home of passwd as HOME can have it.
func usableHome(home string) string {
	if !strings.HasPrefix(home, "/") || strings.ContainsFunc(home, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		return "/"
	}
	return home
}

// CopiesIntoHome reports whether the project's folder is in the user's home, or the
// other way round: the copy makes root own every folder on its way.
func (p *Plan) CopiesIntoHome(u User) bool {
	home, workdir := u.Home+"/", p.Target.Workdir()+"/"
	return strings.HasPrefix(home, "/home/") && (strings.HasPrefix(workdir, home) || strings.HasPrefix(home, workdir))
}
