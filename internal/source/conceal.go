package source

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// concealed returns a file's text with what looks like a secret made illegible, byte for
// byte, so that lines and columns stay. It sees what no single line shows: strings of
// several lines, escapes, and keys further up. The file may be broken anywhere, for its
// errors are what is shown.
func concealed(data []byte) []byte {
	c := concealer{data: data, out: bytes.Clone(data)}
	c.scan(true)
	return c.out
}

// tellingName is the end of a key whose value is a secret: API_TOKEN, clientSecret.
var tellingName = regexp.MustCompile(`(?i)(?:passw(?:or)?ds?|pwd|passphrases?|secrets?|tokens?|credentials?|` +
	`(?:api|access|auth|private|secret|signing|encryption|master)[_-]?keys?)(?:[_-]?(?:base|value|data|text|hex|base64))?$`)

// telling reports whether a key, or what of it is before a dot, names a secret.
func telling(key string) bool {
	for _, part := range strings.Split(key, ".") {
		part = strings.Trim(part, " \t\"'[]")
		if at := tellingName.FindStringIndex(part); at != nil && wordStarts(part, at[0]) {
			return true
		}
	}
	return false
}

// wordStarts reports whether a word of a key starts at i: db_token, db-token, dbToken.
func wordStarts(key string, i int) bool {
	letter := func(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
	upper := func(b byte) bool { return letter(b) && b&0x20 == 0 }
	return i == 0 || !letter(key[i-1]) || upper(key[i]) && (!upper(key[i-1]) || !upper(key[i+1]))
}

// concealer reads TOML loosely: strings, brackets, and the keys before equals signs.
type concealer struct {
	data, out []byte
	pos       int
	table     bool   // the header names a secret
	open      []bool // brackets: whether what is in them is one
	key       int    // where the key starts, if this is one
	secret    bool   // of what follows
	value     bool   // an equals sign has been read
	waiting   bool   // and nothing after it
}

// maxKey is how much of a key is looked at.
const maxKey = 1000

// header is one where the brackets before were left open, too.
var header = regexp.MustCompile(`^\[{1,2}[ \t]*[A-Za-z_][^\]\n,=]*\]{1,2}[ \t\r]*(?:#.*)?(?:\n|$)`)

func (c *concealer) scan(comments bool) {
	start := true // of a line
	for c.pos < len(c.data) {
		switch b := c.data[c.pos]; {
		case b == '\n':
			c.pos++
			c.statement(!c.waiting)
			start = true
			continue
		case b == ' ' || b == '\t' || b == '\r':
			c.pos++
			continue
		case b == '#' && comments:
			c.comment()
			continue
		case b == '[' && start && (len(c.open) == 0 && !c.value || header.Match(c.line())):
			c.header()
		case b == '"' || b == '\'':
			c.text()
		case b == '=':
			key := c.data[max(c.key, c.pos-maxKey):c.pos]
			c.secret = c.secret || telling(string(unescape(key).text))
			c.value, c.waiting = true, true
			c.pos++
			c.key = c.pos
			start = false
			continue
		case b == '[' || b == '{':
			c.open = append(c.open, c.secret)
			c.pos++
			c.key, c.value = c.pos, b == '['
		case b == ']' || b == '}':
			if len(c.open) > 0 {
				c.open = c.open[:len(c.open)-1]
			}
			c.pos++
		case b == ',':
			c.pos++
			c.statement(true)
		default:
			c.word()
		}
		start, c.waiting = false, false
	}
}

// statement starts one: the next key, or the next value of a list.
func (c *concealer) statement(fresh bool) {
	c.key = c.pos
	if !fresh {
		return // its value is on the next line
	}
	c.secret, c.value = c.table, false
	if n := len(c.open); n > 0 {
		c.secret, c.value = c.open[n-1], true
	}
}

// line returns the rest of the line, with its end.
func (c *concealer) line() []byte {
	if n := bytes.IndexByte(c.data[c.pos:], '\n'); n >= 0 {
		return c.data[c.pos : c.pos+n+1]
	}
	return c.data[c.pos:]
}

func (c *concealer) comment() {
	line := bytes.TrimRight(c.line(), "\n")
	end := c.pos + len(line)
	inner := concealer{data: line, out: c.out[c.pos:end], pos: len(line) - len(bytes.TrimLeft(line, "# \t"))}
	inner.key = inner.pos
	inner.scan(false)
	c.pos = end
}

func (c *concealer) header() {
	line := bytes.TrimRight(c.line(), "\n")
	c.table, c.open = telling(string(unescape(line).text)), nil
	c.pos += len(line)
	c.statement(true)
}

// text reads a string, and hides it, or what in it is an address's secret.
func (c *concealer) text() {
	quote := c.data[c.pos : c.pos+1]
	if n := c.pos + 3; n <= len(c.data) && bytes.Count(c.data[c.pos:n], quote) == 3 {
		quote = c.data[c.pos:n]
	}
	from := c.pos + len(quote)
	end, after := from, len(c.data)
	for ; ; end++ {
		if end >= len(c.data) {
			end = len(c.data)
			break
		}
		if len(quote) == 1 && c.data[end] == '\n' {
			after = end // not closed
			break
		}
		if bytes.HasPrefix(c.data[end:], quote) {
			after = end + len(quote)
			break
		}
		if quote[0] == '"' && c.data[end] == '\\' && end+1 < len(c.data) && !(len(quote) == 1 && c.data[end+1] == '\n') {
			end++
		}
	}
	c.pos = after
	if !c.value && bytes.HasPrefix(bytes.TrimLeft(c.data[after:], " \t"), []byte("=")) {
		return // a key
	}
	if c.secret {
		c.hide(from, end)
		return
	}
	content := decoded{text: c.data[from:end]}
	if quote[0] == '"' {
		content = unescape(c.data[from:end])
	}
	for _, s := range secretsIn(string(content.text)) {
		c.hide(from+content.at(s[0]), from+content.at(s[1]))
	}
}

// word is a number, a date, or what should have quotes.
func (c *concealer) word() {
	from := c.pos
	for c.pos < len(c.data) && bytes.IndexByte([]byte(" \t\r\n,[]{}=\"'#"), c.data[c.pos]) < 0 {
		c.pos++
	}
	c.pos = max(c.pos, from+1)
	if word := string(c.data[from:c.pos]); c.secret && c.value && word != "true" && word != "false" {
		c.hide(from, c.pos)
	}
}

func (c *concealer) hide(from, to int) {
	for i := from; i < min(to, len(c.out)); i++ {
		if c.out[i] != '\n' && c.out[i] != '\r' {
			c.out[i] = 'x'
		}
	}
}

// decoded is a string's text, and where each of its bytes was; nil: at the same place.
type decoded struct {
	text  []byte
	where []int
}

func (d decoded) at(i int) int {
	if d.where == nil {
		return i
	}
	return d.where[i]
}

var escape = regexp.MustCompile(`^\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|[ \t\r]*\n[ \t\r\n]*)`)

// unescape resolves escaped characters, and lines that are continued.
func unescape(data []byte) decoded {
	if bytes.IndexByte(data, '\\') < 0 {
		return decoded{text: data}
	}
	var d decoded
	for i := 0; i < len(data); {
		text, n := data[i:i+1], 1
		if data[i] == '\\' {
			text, n = escaped(data[i:min(i+1000, len(data))])
		}
		for _, b := range text {
			d.text, d.where = append(d.text, b), append(d.where, i)
		}
		i += n
	}
	d.where = append(d.where, len(data))
	return d
}

// escaped returns what a backslash and what follows stand for, and how much that is.
func escaped(data []byte) (text []byte, n int) {
	m := escape.FindSubmatch(data)
	if m == nil {
		return data[:1], 1
	}
	if digits := bytes.Join(m[1:], nil); len(digits) > 0 {
		text = utf8.AppendRune(nil, hex(digits))
	}
	return text, len(m[0])
}

func hex(digits []byte) rune {
	n, err := strconv.ParseUint(string(digits), 16, 31)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
