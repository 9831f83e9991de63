package source

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var (
	address = regexp.MustCompile(`(?:[A-Za-z][A-Za-z0-9+.-]*:|^|["'\s=])//[^\s"'<>\\]+`)
	// a login in an address that is a part of another one
	encoded = regexp.MustCompile(`(?i)%(?:25)*3a%(?:25)*2f%(?:25)*2f([^\s"'<>&/?#]*)%(?:25)*40`)
	// a signature or a token in an address's query, or behind it
	query = regexp.MustCompile(`(?i)(?:[?&;#]|%(?:25)*(?:3f|26|23))[\w.%-]*(?:sig|token|key|secret|passw|pwd|credential|auth|jwt)[\w.%-]*?(?:=|%(?:25)*3d)([^&;#\s"'<>\\]+)`)
	// the value of a key with a telling name, such as API_TOKEN
	value = regexp.MustCompile(`(?i)(\b(?:[\w.-]*[_.-])?(?:passw(?:or)?d|passphrase|secret|token|credentials?|(?:api|access|auth|private|secret|signing|encryption)[_-]?key)["']?\s*=\s*)("(?:[^"\\]|\\.)+"?|'[^']+'?)`)
)

// Redact hides what looks like a secret: logins and signatures in addresses, and the
// values of keys with telling names. Messages and excerpts end up in logs.
func Redact(text string) string {
	var b strings.Builder
	from := 0
	for _, s := range secretsIn(text) {
		b.WriteString(text[from:s[0]] + "xxxxx")
		from = s[1]
	}
	return value.ReplaceAllString(b.String()+text[from:], `${1}"xxxxx"`)
}

// secretsIn returns where addresses in a text have logins and signatures, in order.
func secretsIn(text string) (all [][2]int) {
	found := func(from, to int) {
		if from < to {
			all = append(all, [2]int{from, to})
		}
	}
	for _, at := range address.FindAllStringIndex(text, -1) {
		from, to := login(text[at[0]:at[1]])
		found(at[0]+from, at[0]+to)
	}
	for _, pattern := range []*regexp.Regexp{encoded, query} {
		for _, at := range pattern.FindAllStringSubmatchIndex(text, -1) {
			found(at[2], at[3])
		}
	}
	return merged(all)
}

// merged sorts stretches, and joins those that overlap.
func merged(all [][2]int) (out [][2]int) {
	slices.SortFunc(all, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	for _, s := range all {
		if n := len(out); n > 0 && s[0] <= out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], s[1])
			continue
		}
		out = append(out, s)
	}
	return out
}

// login returns where an address has one: up to its @, an empty stretch if it has none.
// Users of SSH without a password stay.
func login(address string) (from, to int) {
	scheme, rest, _ := strings.Cut(address, "//")
	from = len(scheme) + len("//")
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	at := strings.LastIndex(authority, "@")
	if at < 0 {
		// A password with a slash ends the authority too early.
		if _, port, ok := strings.Cut(authority, ":"); !ok || strings.Trim(port, "0123456789") == "" {
			return 0, 0
		}
		if at = strings.LastIndex(rest, "@"); at < 0 {
			return 0, 0
		}
	}
	if strings.HasSuffix(scheme, "ssh:") && !strings.Contains(rest[:at], ":") {
		return 0, 0
	}
	return from, from + at
}
