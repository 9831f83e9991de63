package plan

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"
)

// takenBack returns the patterns of a project that have to come after those of what is left
// out: from the first "!" on that takes some of it back, without a "!" that does not. Only
// one that names it takes it back: `exclude = ["*", "!shop"]` does not bring shop/.env.
func takenBack(own, leftOut []string) []string {
	left := newMatcher(leftOut)
	var all []string
	for _, pattern := range own {
		rest, back := strings.CutPrefix(pattern, "!")
		if back {
			if _, names := named(rest, left); !names {
				continue
			}
		}
		if back || len(all) > 0 {
			all = append(all, pattern)
		}
	}
	return all
}

// onlyBack returns the patterns that take something back.
func onlyBack(patterns []string) []string {
	return slices.DeleteFunc(patterns, func(p string) bool { return !strings.HasPrefix(p, "!") })
}

// samples are names of files that are left out, for patterns such as ".env*".
var samples = []string{
	".env", ".env.production", ".envrc", "id_rsa", "id_ed25519", "server.key", "server.p12", "server-key.pem",
	".netrc", ".npmrc", ".pypirc", ".pgpass", ".aws/credentials", ".ssh/id_rsa", ".coverage", "terraform.tfstate",
}

// named returns a file that is left out and that a pattern names: not one that any name
// would match.
func named(pattern string, left matcher) (string, bool) {
	plain := strings.ReplaceAll(pattern, "**/", "")
	dir, last := path.Split(plain)
	if strings.Trim(last, "*?.") == "" { // "data/**" names data
		plain, last = strings.TrimSuffix(dir, "/"), path.Base(dir)
	}
	if plain == "" || left.matches(plain) || !strings.ContainsAny(last, `*?[\`) {
		return plain, plain != "" && left.matches(plain)
	}
	own := newMatcher([]string{pattern})
	for _, sample := range samples {
		if name := path.Join(dir, sample); own.matches(name) && left.matches(name) {
			return name, true
		}
	}
	return "", false
}

// matcher holds paths against patterns as in .dockerignore.
type matcher struct {
	patterns *patternmatcher.PatternMatcher // nil where a pattern is none
}

func newMatcher(patterns []string) matcher {
	m, err := patternmatcher.New(patterns)
	if err != nil {
		return matcher{}
	}
	return matcher{m}
}

// matches reports whether the patterns match a path or a folder above it.
func (m matcher) matches(name string) bool {
	if m.patterns == nil {
		return false
	}
	matched, err := m.patterns.MatchesOrParentMatches(name)
	return err == nil && matched
}
