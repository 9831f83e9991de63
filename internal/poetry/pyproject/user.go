package pyproject

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/quatrain-build/quatrain/internal/source"
)

// userName allows what base images have; the names of new users are narrower (plan).
var userName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,31}$`)

// user reads a name or a number, and after a colon the group.
func (p *configParser) user(v *source.Value) source.Text {
	t := p.Text(v)
	user, group, hasGroup := strings.Cut(t.Value, ":")
	if t.Value != "" && (!isUser(user) || hasGroup && !isUser(group)) {
		p.add(source.Errorf(t.At, "user %q is not a name or a number", t.Value).
			WithHint("Use a name such as \"app\", a number such as \"1000\", or either with a group: \"app:staff\", \"1000:0\"."))
	}
	return t
}

func isUser(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil || userName.MatchString(s)
}

// IsRoot reports whether a `user` setting is root, by name or by number.
func IsRoot(setting string) bool {
	user, _, _ := strings.Cut(setting, ":")
	id, err := strconv.ParseUint(user, 10, 31)
	return user == "root" || err == nil && id == 0
}
