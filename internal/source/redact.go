package source

import (
	"regexp"
	"strings"
)

var (
	address = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>\\]+`)
	// a signature or a token in an address's query
	query = regexp.MustCompile(`(?i)([?&;][\w.%-]*(?:sig|token|key|secret|passw|credential|auth)[\w.%-]*=)[^&;#\s"'<>\\]+`)
	// the value of a key with a telling name, such as API_TOKEN
	value = regexp.MustCompile(`(?i)(\b(?:[\w.-]*[_.-])?(?:passw(?:or)?d|passphrase|secret|token|credentials?|(?:api|access|auth|private|secret|signing|encryption)[_-]?key)["']?\s*=\s*)("(?:[^"\\]|\\.)+"?|'[^']+'?)`)
)

// Redact hides what looks like a secret: logins and signatures in addresses, and the
// values of keys with telling names. Messages and excerpts end up in logs.
func Redact(text string) string {
	text = address.ReplaceAllStringFunc(text, withoutLogin)
	text = query.ReplaceAllString(text, "${1}xxxxx")
	return value.ReplaceAllString(text, `${1}"xxxxx"`)
}

// withoutLogin hides the login of an address. Users of SSH without a password stay.
func withoutLogin(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	at := strings.LastIndex(authority, "@")
	if at < 0 {
		// A password with a slash ends the authority too early.
		if _, port, ok := strings.Cut(authority, ":"); !ok || strings.Trim(port, "0123456789") == "" {
			return address
		}
		if at = strings.LastIndex(rest, "@"); at < 0 {
			return address
		}
	}
	if strings.HasSuffix(scheme, "ssh") && !strings.Contains(rest[:at], ":") {
		return address
	}
	return scheme + "://xxxxx" + rest[at:]
}
