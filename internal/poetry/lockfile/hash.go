package lockfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/source"
)

// The keys that the content hash covers (poetry/packages/locker.py).
var (
	legacyKeys  = []string{"dependencies", "source", "extras", "dev-dependencies"}
	projectKeys = []string{"requires-python", "dependencies", "optional-dependencies"}
)

// Fresh reports whether the lock belongs to a pyproject.toml, as Poetry 2 decides
// (locker.py, is_fresh): the hash is today's form, or, for a lock written before
// Poetry 2.3, the form without dependency groups.
func (l *Lock) Fresh(pyproject *source.Table) bool {
	want := l.ContentHash.Value
	if want == "" {
		return false
	}
	if h, err := ContentHash(pyproject); err == nil && h == want {
		return true
	}
	if !withoutGroups(l.Generator) {
		return false
	}
	h, err := contentHash(pyproject, false)
	return err == nil && h == want
}

// CheckFresh returns [Lock.Fresh] as an error. Poetry refuses a lock if pyproject.toml has
// changed since.
func (l *Lock) CheckFresh(pyproject *source.Table) error {
	if l.Fresh(pyproject) {
		return nil
	}
	at := l.ContentHash.At
	if at.IsZero() {
		at = source.Whole(l.File)
	}
	return source.Errorf(at, "pyproject.toml changed significantly since poetry.lock was last generated").
		WithHint("Run `poetry lock` and commit poetry.lock.")
}

// withoutGroups reports whether this version of Poetry left [dependency-groups]
// out of the hash. As for Poetry, a lock that does not name a version gets no
// second chance.
func withoutGroups(generator string) bool {
	v, err := pep440.ParseVersion(generator)
	return err == nil && v.Compare(groupsHashed) < 0
}

var groupsHashed, _ = pep440.ParseVersion("2.3.0")

// ContentHash returns the hash that Poetry 2.3 and later writes, in hex. Errors: a value that
// JSON cannot hold (a TOML date or time).
func ContentHash(pyproject *source.Table) (string, error) { return contentHash(pyproject, true) }

func contentHash(pyproject *source.Table, withGroups bool) (string, error) {
	poetry := pyproject.Sub("tool", "poetry")
	project := pick(pyproject.Sub("project"), projectKeys)
	var groups *source.Value
	if withGroups {
		if g := pyproject.Get("dependency-groups"); g != nil && g.Table != nil && len(g.Table.Entries) > 0 {
			groups = g
		}
	}
	var relevant object
	if len(project) > 0 || groups != nil {
		if len(project) > 0 {
			relevant = append(relevant, member{"project", project})
		}
		if groups != nil {
			relevant = append(relevant, member{"dependency-groups", groups})
		}
		present := pick(poetry, append(slices.Clone(legacyKeys), "group"))
		relevant = append(relevant, member{"tool", object{{"poetry", present}}})
	} else {
		for _, k := range legacyKeys {
			relevant = append(relevant, member{k, poetry.Get(k)}) // null where missing
		}
		relevant = append(relevant, pick(poetry, []string{"group"})...)
	}
	var b strings.Builder
	if err := writeJSON(&b, relevant); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:]), nil
}

// object is a JSON object in the making; its members are sorted when written.
type object []member

type member struct {
	key   string
	value any // *source.Value (nil: null), or object
}

func pick(t *source.Table, keys []string) object {
	o := object{}
	for _, k := range keys {
		if v := t.Get(k); v != nil {
			o = append(o, member{k, v})
		}
	}
	return o
}

// writeJSON writes what Python's json.dumps(…, sort_keys=True) writes, byte for byte.
func writeJSON(b *strings.Builder, value any) error {
	switch v := value.(type) {
	case object:
		return writeObject(b, v)
	case *source.Value:
		if v == nil {
			b.WriteString("null")
			return nil
		}
		return writeValue(b, v)
	}
	return fmt.Errorf("cannot be JSON: %T", value)
}

func writeObject(b *strings.Builder, o object) error {
	o = slices.Clone(o)
	// Bytes of UTF-8 sort as code points do.
	sort.SliceStable(o, func(i, j int) bool { return o[i].key < o[j].key })
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteString(", ")
		}
		writeString(b, m.key)
		b.WriteString(": ")
		if err := writeJSON(b, m.value); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func writeValue(b *strings.Builder, v *source.Value) error {
	switch v.Kind {
	case source.String:
		writeString(b, v.Text)
	case source.Bool:
		b.WriteString(v.Text)
	case source.Integer:
		n, ok := new(big.Int).SetString(strings.TrimPrefix(v.Text, "+"), 0)
		if !ok {
			return source.Errorf(v.At, "not a whole number: %s", v.Text)
		}
		b.WriteString(n.String())
	case source.Float:
		b.WriteString(pythonFloat(v.Text))
	case source.Array:
		b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			if err := writeValue(b, item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case source.TableKind:
		o := object{}
		for _, e := range v.Table.Entries {
			o = append(o, member{e.Key, e.Value})
		}
		return writeObject(b, o)
	default:
		return source.Errorf(v.At, "a dependency must not contain a date or time")
	}
	return nil
}

// pythonFloat returns repr(float(text)), as json.dumps writes it.
func pythonFloat(text string) string {
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	switch {
	case err != nil || math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// writeString escapes as ensure_ascii does.
func writeString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch esc, ok := shortEscapes[r]; {
		case ok:
			b.WriteString(esc)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
}

var shortEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\f': `\f`, '\b': `\b`}
