package index

import (
	"bufio"
	"strings"
)

// machine is an entry of a netrc file.
type machine struct{ login, password string }

// netrc are the entries by host, "" for `default`.
type netrc map[string]machine

// parseNetrc reads a file as Python's netrc does, on which Poetry's rests: words,
// quotes, comments; the last entry of a host counts, macros are skipped.
func parseNetrc(text string) netrc {
	all := netrc{}
	words := netrcWords(text)
	next := func() string {
		if len(words) == 0 {
			return ""
		}
		w := words[0]
		words = words[1:]
		return w
	}
	host, open := "", false
	var m machine
	done := func() {
		if open {
			all[host] = m
		}
		m = machine{}
	}
	for len(words) > 0 {
		switch next() {
		case "machine":
			done()
			host, open = strings.ToLower(next()), true
		case "default":
			done()
			host, open = "", true
		case "login", "user":
			m.login = next()
		case "password":
			m.password = next()
		case "account":
			next()
		}
	}
	done()
	return all
}

// of returns the entry of a host, and if fallback is set that for all hosts.
func (n netrc) of(host string, fallback bool) (m machine, ok bool) {
	if host == "" {
		return machine{}, false
	}
	if m, ok = n[strings.ToLower(host)]; !ok && fallback {
		m, ok = n[""]
	}
	return m, ok
}

// netrcWords splits into words. A macro goes up to the next empty line.
func netrcWords(text string) []string {
	var words []string
	macro := false
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if macro = macro && line != ""; macro {
			continue
		}
		for line != "" {
			if strings.HasPrefix(line, "#") && !isPassword(words) {
				break
			}
			var word string
			if word, line = netrcWord(line); word == "macdef" {
				macro = true
				break
			}
			words = append(words, word)
		}
	}
	return words
}

// isPassword says whether the next word is one: it may start with #.
func isPassword(words []string) bool {
	return len(words) > 0 && words[len(words)-1] == "password"
}

func netrcWord(line string) (word, rest string) {
	var b strings.Builder
	quoted := strings.HasPrefix(line, `"`)
	if quoted {
		line = line[1:]
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line):
			i++
			b.WriteByte(line[i])
		case quoted && c == '"', !quoted && (c == ' ' || c == '\t'):
			return b.String(), strings.TrimLeft(line[i+1:], " \t")
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}
