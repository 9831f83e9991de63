package source

import (
	"bytes"
	"errors"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// ParseTOML reads a TOML 1.0 document. A byte order mark is accepted.
// Errors: an *Error at the line where the document stops being TOML.
func ParseTOML(f *File) (*Table, error) {
	data := bytes.TrimPrefix(f.Data, []byte("\xef\xbb\xbf"))
	b := &treeBuilder{file: f, lines: lineStarts(data)}
	root, broken := b.document(data)
	if b.tooMuch != nil {
		return nil, b.tooMuch
	}
	// The full parser knows every rule of the language, duplicates included; the tree
	// is built first because that takes linear time and counts the keys.
	var valid map[string]any
	if err := toml.Unmarshal(data, &valid); err != nil {
		return nil, notTOML(f, err)
	}
	if broken != nil {
		return nil, notTOML(f, broken)
	}
	return root, nil
}

// The full parser compares each key with all keys of its table, so hostile files could
// keep it busy for minutes.
const (
	maxKeys        = 10_000      // in one table
	maxComparisons = 100_000_000 // of keys in one file: less than a second
	maxParts       = 100         // of a dotted key
)

// count adds up the keys that the full parser compares when it meets a key in t, and
// reports whether the file is still within the bounds.
func (b *treeBuilder) count(t *Table, parts int, at Range) bool {
	b.comparisons += len(t.Entries) + 1
	switch {
	case b.tooMuch != nil:
	case parts > maxParts:
		b.tooMuch = Errorf(at, "the key has more than %d parts", maxParts)
	case len(t.Entries) >= maxKeys:
		b.tooMuch = Errorf(at, "the table has more than %d keys", maxKeys)
	case b.comparisons > maxComparisons:
		b.tooMuch = Errorf(at, "the file has too many keys in its tables")
	}
	return b.tooMuch == nil
}

func notTOML(f *File, err error) error {
	e := Errorf(Whole(f), "not valid TOML: %s", strings.TrimPrefix(err.Error(), "toml: "))
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		row, column := decode.Position()
		e.At.Start = Position{row, column}
		e.At.End = e.At.Start
	}
	return e.WithHint("Mend the line; an unquoted string or a missing comma or bracket is the usual cause.")
}

// treeBuilder turns go-toml's flat expressions into nested tables.
type treeBuilder struct {
	file   *File
	lines  []int // offset of the start of each line
	parser unstable.Parser
	values []Value // room for values: one allocation for many

	comparisons int    // of keys, in the full parser
	tooMuch     *Error // the bound that the file exceeds
}

func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (b *treeBuilder) position(offset int) Position {
	line := sort.SearchInts(b.lines, offset+1)
	return Position{Line: line, Column: offset - b.lines[line-1] + 1}
}

func (b *treeBuilder) at(r unstable.Range) Range {
	from := int(r.Offset)
	return Range{File: b.file, Start: b.position(from), End: b.position(from + int(r.Length))}
}

func (b *treeBuilder) document(data []byte) (*Table, error) {
	root := &Table{At: Whole(b.file)}
	current := root
	b.parser.Reset(data)
	for b.tooMuch == nil && b.parser.NextExpression() {
		e := b.parser.Expression()
		switch e.Kind {
		case unstable.Table:
			current = b.header(root, e, false)
		case unstable.ArrayTable:
			current = b.header(root, e, true)
		case unstable.KeyValue:
			b.keyValue(current, e)
		}
	}
	return root, b.parser.Error()
}

// header finds or makes the table that a [header] or [[header]] opens.
func (b *treeBuilder) header(t *Table, e *unstable.Node, array bool) *Table {
	parts := 0
	for it := e.Key(); it.Next(); {
		k := it.Node()
		key, at := string(k.Data), b.at(k.Raw)
		if parts++; !b.count(t, parts, at) {
			return t
		}
		if it.IsLast() && array {
			return b.appendTable(t, key, at)
		}
		t = b.subTable(t, key, at)
		if it.IsLast() {
			t.At = at // a header says more of the place than a table below it did
		}
	}
	return t
}

func (b *treeBuilder) keyValue(t *Table, e *unstable.Node) {
	parts := 0
	for it := e.Key(); it.Next(); {
		k := it.Node()
		key, at := string(k.Data), b.at(k.Raw)
		if parts++; !b.count(t, parts, at) {
			return
		}
		if !it.IsLast() {
			t = b.subTable(t, key, at)
			continue
		}
		v := b.value(e.Value(), b.at(e.Raw))
		v.key = key
		t.add(Entry{Key: key, KeyAt: at, Value: v})
	}
}

// newValue takes a value from the current block.
func (b *treeBuilder) newValue(v Value) *Value {
	if len(b.values) == cap(b.values) {
		b.values = make([]Value, 0, 256)
	}
	b.values = append(b.values, v)
	return &b.values[len(b.values)-1]
}

// value makes a value; at is the place where its own is not known.
func (b *treeBuilder) value(n *unstable.Node, at Range) *Value {
	switch n.Kind {
	case unstable.Array:
		v := b.newValue(Value{Kind: Array, At: at})
		for it := n.Children(); it.Next(); {
			if c := it.Node(); c.Kind != unstable.Comment {
				v.Items = append(v.Items, b.value(c, at))
			}
		}
		return v
	case unstable.InlineTable:
		if n.Raw.Length > 0 {
			at = b.at(n.Raw)
		}
		t := &Table{At: at}
		for it := n.Children(); it.Next(); {
			if c := it.Node(); c.Kind == unstable.KeyValue {
				b.keyValue(t, c)
			}
		}
		return b.newValue(Value{Kind: TableKind, At: at, Table: t})
	default:
		return b.newValue(Value{Kind: kinds[n.Kind], At: b.at(n.Raw), Text: string(n.Data)})
	}
}

var kinds = map[unstable.Kind]Kind{
	unstable.String: String, unstable.Integer: Integer, unstable.Float: Float, unstable.Bool: Bool,
	unstable.LocalDate: Datetime, unstable.LocalTime: Datetime, unstable.LocalDateTime: Datetime, unstable.DateTime: Datetime,
}

// subTable finds the table at key, the last one of an array of tables, or makes it.
func (b *treeBuilder) subTable(t *Table, key string, at Range) *Table {
	if e, ok := t.Lookup(key); ok {
		switch e.Value.Kind {
		case TableKind:
			return e.Value.Table
		case Array:
			if n := len(e.Value.Items); n > 0 && e.Value.Items[n-1].Table != nil {
				return e.Value.Items[n-1].Table
			}
		}
	}
	sub := &Table{At: at}
	t.add(Entry{Key: key, KeyAt: at, Value: b.newValue(Value{Kind: TableKind, At: at, Table: sub, key: key})})
	return sub
}

func (b *treeBuilder) appendTable(t *Table, key string, at Range) *Table {
	sub := &Table{At: at}
	item := b.newValue(Value{Kind: TableKind, At: at, Table: sub, key: key})
	if e, ok := t.Lookup(key); ok && e.Value.Kind == Array {
		e.Value.Items = append(e.Value.Items, item)
		return sub
	}
	t.add(Entry{Key: key, KeyAt: at, Value: b.newValue(Value{Kind: Array, At: at, Items: []*Value{item}, key: key})})
	return sub
}
