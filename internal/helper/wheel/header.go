package wheel

import "strings"

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// header returns the first value of that name in a file such as WHEEL, or "". Like Python's
// email package, it stops at the first line that is not a header. Only the first line of a
// value counts.
func header(text []byte, name string) string {
	for line := range strings.Lines(lineEnds.Replace(string(text))) {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "From ") {
			continue // a value goes on; a mailbox's line, which email passes over
		}
		key, value, found := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		if !found || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return "" // the body begins
		}
		if strings.EqualFold(key, name) {
			return strings.TrimLeft(value, " \t")
		}
	}
	return ""
}
