package wheel

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// checkRecord compares a wheel's RECORD with its members, by name only: the
// archive as a whole is verified against the lock's hash. As in pypa/installer's
// sources.py, a RECORD that cannot be read, or has no hash or size where it says
// to have one, is an error; one that is incomplete is not: many published wheels
// have such, so Poetry warns and so do we.
func checkRecord(text []byte, a *archive) (issues []string, err error) {
	if !utf8.Valid(text) {
		return nil, bad("RECORD is not UTF-8")
	}
	rows, complete := csvRows(string(text))
	if !complete {
		return nil, bad("RECORD: more than %d rows", maxRows)
	}
	listed := map[string][]string{}
	for i, row := range rows {
		if len(row) != 3 {
			return nil, bad("RECORD: row %d has %d fields instead of 3", i+1, len(row))
		}
		// Wheels made on Windows.
		listed[strings.ReplaceAll(row[0], `\`, "/")] = row
	}
	for _, m := range a.members {
		row := listed[m.name]
		delete(listed, m.name)
		if row != nil {
			if err := checkRow(row); err != nil {
				return nil, err
			}
		}
		if issue := recordIssue(m.path, a.distInfo, row); issue != "" {
			issues = append(issues, issue)
		}
	}
	return issues, nil
}

// recordIssue says what is wrong with the row of one member, nil where there is none.
func recordIssue(path, distInfo string, row []string) string {
	rest, isInfo := strings.CutPrefix(path, distInfo+"/")
	base := rest[strings.LastIndex(rest, "/")+1:]
	signature := isInfo && (base == "RECORD.jws" || base == "RECORD.p7s")
	switch {
	case signature && row != nil:
		return path + " is in it, which is its signature"
	case signature:
		return ""
	case row == nil:
		return path + " is not in it"
	case isInfo && rest == "RECORD":
		if row[1] != "" || row[2] != "" {
			return "the line of RECORD itself has a hash or a size"
		}
	case row[1] == "" || row[2] == "":
		return path + " has no hash or no size in it"
	}
	return ""
}

// What int() of Python reads, and the algorithms of its hashlib.
var (
	integer    = regexp.MustCompile(`^\s*[+-]?\p{Nd}+(_\p{Nd}+)*\s*$`)
	algorithms = strings.Fields(`blake2b blake2s md5 md5-sha1 ripemd160 sha1 sha224 sha256 sha384 sha512 sha512_224
		sha512_256 sha3_224 sha3_256 sha3_384 sha3_512 shake_128 shake_256 sm3`)
)

func checkRow(row []string) error {
	name, hash, size := row[0], row[1], row[2]
	if algorithm, _, ok := strings.Cut(hash, "="); hash != "" && (!ok || !slices.Contains(algorithms, algorithm)) {
		return bad("RECORD: %q is not a hash that is known (of %s)", hash, name)
	}
	if size != "" && !integer.MatchString(size) {
		return bad("RECORD: %q is not a size (of %s)", size, name)
	}
	return nil
}

// splitLines yields the lines of a text as Python's str.splitlines does.
func splitLines(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			i := strings.IndexFunc(text, isLineEnd)
			if i < 0 {
				yield(text)
				return
			}
			if !yield(text[:i]) {
				return
			}
			_, size := utf8.DecodeRuneInString(text[i:])
			if strings.HasPrefix(text[i:], "\r\n") {
				size = 2
			}
			text = text[i+size:]
		}
	}
}

func isLineEnd(r rune) bool {
	return '\n' <= r && r <= '\r' || '\x1c' <= r && r <= '\x1e' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// maxRows bounds RECORD: it has a row for each file, and some list files that are gone.
const maxRows = 2 * maxEntries

// csvRows reads rows as Python's csv module does, which is more lenient than
// encoding/csv: a quote is special at the start of a field only, and what is
// open at the end counts as closed. A line is a row, without its end; an empty
// one is a row without fields. If there are more than maxRows, it returns those, and
// complete is false.
func csvRows(text string) (rows [][]string, complete bool) {
	const (
		start  = iota // of a field
		plain         // in a field
		quoted        // in quotes
		quote         // after a quote in quotes: the end, or the first of two
	)
	var row []string
	var field []byte
	state := start
	end := func() { row, field, state = append(row, string(field)), field[:0], start }
	for line := range splitLines(text) {
		if len(rows) == maxRows {
			return rows, false
		}
		if line == "" && state == start {
			rows = append(rows, nil)
			continue
		}
		for _, c := range []byte(line) {
			switch {
			case state == quoted && c == '"':
				state = quote
			case state == quoted:
				field = append(field, c)
			case state == start && c == '"':
				state = quoted
			case state == quote && c == '"':
				field, state = append(field, c), quoted
			case c == ',':
				end()
			default:
				field, state = append(field, c), plain
			}
		}
		if state != quoted { // else the row goes on in the next line
			end()
			rows, row = append(rows, row), nil
		}
	}
	if state == quoted {
		end()
		rows = append(rows, row)
	}
	return rows, true
}
