package index

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// machine is an entry of a netrc file.
type machine struct{ login, password string }

// netrc are the entries by host, "" for `default`.
type netrc map[string]machine

// parseNetrc reads a file as Python's netrc does, on which Poetry's rests: the last entry of
// a host counts, a user can be called account, macros are skipped. Errors: what Python
// refuses. Poetry goes on without a login then, for a reason that nobody is told.
func parseNetrc(text string) (netrc, error) {
	l := &netrcLexer{rest: strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)}
	all := netrc{}
	word := l.word()
	for word != "" {
		host := ""
		switch {
		case word[0] == '#':
			l.skipComment()
			word = l.word()
			continue
		case word == "macdef":
			l.word()
			if !l.skipMacro() {
				return nil, l.problem("the macro does not end with an empty line")
			}
			word = l.word()
			continue
		case word == "machine":
			if host = l.word(); host == "" {
				return nil, l.problem("a machine has no name")
			}
		case word != "default":
			return nil, l.problem("expected `machine` or `default`")
		}
		entry, next, err := l.entry()
		if err != nil {
			return nil, err
		}
		if host == "default" { // Python cannot tell these
			host = ""
		}
		all[strings.ToLower(host)], word = entry, next
	}
	return all, nil
}

// of returns the entry of a host, or else that for all hosts. One that says nothing is none.
func (n netrc) of(host string) (m machine, ok bool) {
	m, ok = n[strings.ToLower(host)]
	if !ok || host == "" {
		m = n[""]
	}
	return m, m != machine{}
}

type netrcLexer struct {
	rest  string
	line  int  // newlines that were read
	fresh bool // a newline ended the last word
}

// entry reads what follows a host, and returns the word behind it.
func (l *netrcLexer) entry() (m machine, next string, err error) {
	account := ""
	for {
		switch word := l.word(); word {
		case "", "machine", "default", "macdef":
			m.login = cmp.Or(m.login, account)
			return m, word, nil
		case "login", "user":
			m.login = l.word()
		case "password":
			m.password = l.word()
		case "account":
			account = l.word()
		default:
			if word[0] != '#' {
				return m, "", l.problem("expected `login`, `password` or `account`")
			}
			l.skipComment()
		}
	}
}

// word returns the next word, "" at the end. Quotes keep blanks, a backslash keeps what
// follows it. The white space behind a word is read with it.
func (l *netrcLexer) word() string {
	l.advance(len(l.rest) - len(strings.TrimLeft(l.rest, netrcSpace)))
	l.fresh = false
	ends := netrcSpace
	if strings.HasPrefix(l.rest, `"`) {
		l.rest, ends = l.rest[1:], `"`
	}
	var b strings.Builder
	for i := 0; i < len(l.rest); i++ {
		c := l.rest[i]
		if strings.IndexByte(ends, c) >= 0 {
			l.fresh = c == '\n'
			l.advance(i + 1)
			return b.String()
		}
		if c == '\\' {
			if i++; i == len(l.rest) {
				break
			}
			c = l.rest[i]
		}
		b.WriteByte(c)
	}
	l.advance(len(l.rest))
	return b.String()
}

const netrcSpace = "\n\t "

func (l *netrcLexer) advance(n int) {
	l.line += strings.Count(l.rest[:n], "\n")
	l.rest = l.rest[n:]
}

// skipComment skips the rest of the line of a comment, of which one word was read.
func (l *netrcLexer) skipComment() {
	if !l.fresh {
		l.skipLine()
	}
}

func (l *netrcLexer) skipLine() {
	_, after, _ := strings.Cut(l.rest, "\n")
	l.advance(len(l.rest) - len(after))
}

// skipMacro skips lines up to an empty one, and reports whether there is one.
func (l *netrcLexer) skipMacro() bool {
	for l.rest != "" {
		empty := l.rest[0] == '\n'
		l.skipLine()
		if empty {
			return true
		}
	}
	return false
}

// problem names the line, and quotes nothing: the file holds passwords.
func (l *netrcLexer) problem(what string) error {
	return &step.Problem{Kind: step.Failed, Message: fmt.Sprintf("the secret netrc cannot be read at or before line %d: %s", l.line+1, what),
		Hint: "Put a password that contains spaces in quotes. `man netrc` describes the format."}
}
