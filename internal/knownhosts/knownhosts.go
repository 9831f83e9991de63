// Package knownhosts says for which git hosts an SSH key is known: four public hosts, and
// those in a known_hosts file.
//
// The format is that of sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. The package checks no key: ssh
// does, with the same text.
package knownhosts

import (
	"crypto/hmac"
	"crypto/sha1"
	_ "embed"
	"encoding/base64"
	"io"
	"path"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// Builtin has the keys that GitHub, GitLab, Bitbucket and Azure DevOps publish. The
// tests hold them against the fingerprints on those hosts' own pages.
//
//go:embed known_hosts
var Builtin []byte

// Knows says whether a known_hosts file has a key for an address, "host" or
// "host:port". Errors: a line that cannot be read.
func Knows(file []byte, address string) (bool, error) {
	name := knownhosts.Normalize(address)
	for rest := file; ; {
		marker, hosts, _, _, after, err := ssh.ParseKnownHosts(rest)
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		rest = after
		if marker != "revoked" && matches(hosts, name) {
			return true, nil
		}
	}
}

// matches follows sshd(8): a pattern with "!" that fits excludes the line.
func matches(patterns []string, name string) bool {
	found := false
	for _, p := range patterns {
		pattern, negated := strings.CutPrefix(p, "!")
		switch {
		case !fits(pattern, name):
		case negated:
			return false
		default:
			found = true
		}
	}
	return found
}

func fits(pattern, name string) bool {
	if strings.HasPrefix(pattern, "|1|") {
		return isHashOf(pattern, name)
	}
	// The brackets around a host with a port mean themselves.
	escaped := strings.NewReplacer("[", `\[`, "]", `\]`).Replace(pattern)
	ok, err := path.Match(strings.ToLower(escaped), strings.ToLower(name))
	return err == nil && ok
}

// isHashOf checks |1|salt|hash, HMAC-SHA1 of the name: what HashKnownHosts writes.
func isHashOf(pattern, name string) bool {
	parts := strings.Split(pattern, "|")
	if len(parts) != 4 {
		return false
	}
	salt, errSalt := base64.StdEncoding.DecodeString(parts[2])
	want, errHash := base64.StdEncoding.DecodeString(parts[3])
	h := hmac.New(sha1.New, salt)
	h.Write([]byte(name))
	return errSalt == nil && errHash == nil && hmac.Equal(h.Sum(nil), want)
}
