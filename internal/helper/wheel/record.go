package wheel

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// entry is one line of RECORD.
type entry struct {
	scheme, path string // path within the scheme
	hash         [32]byte
	size         int64
	gone         bool // another entry of this wheel took the file's place
}

// recordText returns RECORD as pypa/installer writes it: sorted by path within the scheme,
// with no hash on its own line.
func recordText(l layout, entries []entry, self string) []byte {
	entries = append(slices.Clone(entries), entry{scheme: l.root, path: self})
	slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	var b bytes.Buffer
	for _, e := range entries {
		if e.gone {
			continue
		}
		b.WriteString(csvField(l.recordPrefix(e.scheme) + e.path))
		if e.path == self && e.scheme == l.root {
			b.WriteString(",,\n")
			continue
		}
		fmt.Fprintf(&b, ",sha256=%s,%d\n", base64.RawURLEncoding.EncodeToString(e.hash[:]), e.size)
	}
	return b.Bytes()
}

// csvField quotes as Python's csv module does, which encoding/csv does not.
func csvField(s string) string {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
