// Package address checks and redacts web addresses: which of them may get a secret, and what
// of them may be shown (docs/security.md).
package address

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// IsHTTP reports whether an address is an http or https URL with a host.
func IsHTTP(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// Origin returns scheme, host and port in one form: lower case, without a final dot, with
// the scheme's own port filled in.
func Origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return strings.ToLower(u.Scheme) + "://" + strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") + ":" + port
}

// IsBelow reports whether an address has the origin of another one and a path below it.
// A path that two servers could read in two ways is below none.
func IsBelow(u, root *url.URL) bool {
	if Origin(u) != Origin(root) {
		return false
	}
	escaped := strings.ToLower(u.EscapedPath())
	for _, ambiguous := range []string{"%2e", "%2f", "%5c", `\`, "//", "..;"} {
		if strings.Contains(escaped, ambiguous) {
			return false
		}
	}
	if clean := path.Clean("/" + u.Path); clean != "/"+strings.Trim(u.Path, "/") {
		return false
	}
	if strings.Contains(u.Path, "%") { // escaped twice
		return false
	}
	return strings.HasPrefix(u.Path, strings.TrimSuffix(root.Path, "/")+"/")
}

// MayBeBelow reports whether some server could read an address as one below root, with
// escapes undone, dots followed and parameters dropped. It errs on the side of yes: use it
// to keep a secret away from a place, and [IsBelow] to send one there.
func MayBeBelow(u, root *url.URL) bool {
	return Origin(u) == Origin(root) && (isWithin(u.Path, root.Path) || isWithin(loosely(u.EscapedPath()), loosely(root.EscapedPath())))
}

func isWithin(name, folder string) bool {
	folder = strings.TrimSuffix(folder, "/")
	return name == folder || strings.HasPrefix(name, folder+"/")
}

var parameters = regexp.MustCompile(`;[^/]*`)

// loosely returns a path as the most lenient server reads it.
func loosely(escaped string) string {
	for range 3 { // some decode twice
		plain, err := url.PathUnescape(escaped)
		if err != nil || plain == escaped {
			break
		}
		escaped = plain
	}
	return strings.ToLower(path.Clean("/" + parameters.ReplaceAllString(strings.ReplaceAll(escaped, `\`, "/"), "")))
}

// Shared counts the leading path segments that two addresses have in common.
func Shared(a, b *url.URL) int {
	one, other := strings.Split(a.Path, "/"), strings.Split(strings.TrimSuffix(b.Path, "/"), "/")
	n := 0
	for n < len(one) && n < len(other) && one[n] == other[n] {
		n++
	}
	return n
}

// WithoutLogin returns an address without its login and fragment.
func WithoutLogin(u *url.URL) string {
	plain := *u
	plain.User, plain.Fragment, plain.RawFragment = nil, "", ""
	return plain.String()
}

// credential matches names of query parameters that carry a login, a token or a signature,
// such as those of presigned addresses.
var credential = regexp.MustCompile(`(?i)(^|[-_.])(sig|signature|token|access_?token|code|ticket|session|sid|hdnea|hdnts|auth|authorization|key|api_?key|secret|pass|password|passwd|pwd|credential|credentials|policy|jwt|sas|se|sp|sr|st|sv|expires|hmac)($|[-_.])|^x-(amz|goog)-|accesskeyid|token$|key$|signature$`)

// opaque matches what nobody has made up: a token of any name. File names have a dot.
var opaque = regexp.MustCompile(`^[A-Za-z0-9+/=_~-]{20,}$`)

// known are the names of parameters with long values that open nothing.
var known = regexp.MustCompile(`(?i)^(version-?id|generation|ref|rev|at|sha|sha256|commit|branch|tag|job|path|file|filename|name)$`)

// IsSigned reports whether a query holds something like a login, a token or a signature.
// A query that cannot be read counts as one.
func IsSigned(u *url.URL) bool { return holdsSecret(u.RawQuery) }

func holdsSecret(query string) bool {
	values, err := url.ParseQuery(query)
	if err != nil {
		return true
	}
	for name, all := range values {
		if credential.MatchString(name) || opaque.MatchString(name) {
			return true
		}
		if !known.MatchString(name) && slices.ContainsFunc(all, opaque.MatchString) {
			return true
		}
	}
	return false
}

// Public returns an address as it may be shown: without a login, a token or a signature.
// The user's name stays with ssh, where it is part of the address; with HTTP it can be a
// token. It returns "" for what looks like a URL and cannot be parsed.
func Public(text string) string {
	if !strings.Contains(text, "://") { // git@host:path, a path
		if user, _, ok := strings.Cut(text, "@"); ok && strings.Contains(user, ":") {
			return ""
		}
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	changed := false
	if IsSigned(u) {
		u.RawQuery, changed = "", true
	}
	if holdsSecret(u.Fragment) {
		u.Fragment, u.RawFragment, changed = "", "", true
	}
	if u.User != nil {
		if _, has := u.User.Password(); has || IsHTTP(u) {
			u.User, changed = nil, true
		}
	}
	if !changed {
		return text
	}
	return u.String()
}
