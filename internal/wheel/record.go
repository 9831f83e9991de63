package wheel

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// entry is one line of RECORD.
type entry struct {
	scheme, path string // path within the scheme
	hash         [32]byte
	size         int64
}

// recordText is RECORD as pypa/installer writes it: sorted by the path within
// the scheme, its own line without hash.
func recordText(l layout, entries []entry, self string) []byte {
	entries = append(slices.Clone(entries), entry{scheme: l.root, path: self})
	slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	var b bytes.Buffer
	for _, e := range entries {
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

// recordIssues compares a wheel's RECORD with its members, by name only: the
// archive as a whole is verified against the lock's hash. Many published wheels
// have a bad RECORD, so Poetry warns and so do we.
func recordIssues(text []byte, a *archive) []string {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return []string{fmt.Sprintf("cannot be read: %v", err)}
	}
	listed := map[string]bool{}
	for _, row := range rows {
		if len(row) != 3 {
			return []string{fmt.Sprintf("line with %d fields", len(row))}
		}
		listed[row[0]] = true
	}
	var issues []string
	for _, m := range a.members {
		switch {
		case m.path == a.distInfo+"/RECORD.jws", m.path == a.distInfo+"/RECORD.p7s": // signatures of it
		case !listed[m.file.Name]:
			issues = append(issues, m.path+" is not in it")
		}
	}
	return issues
}
