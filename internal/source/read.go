package source

import (
	"cmp"
	"strconv"
)

// Lookup finds a key of t, which may be nil.
func (t *Table) Lookup(key string) (*Entry, bool) {
	if t == nil {
		return nil, false
	}
	if t.index != nil {
		i, ok := t.index[key]
		if !ok {
			return nil, false
		}
		return &t.Entries[i], true
	}
	// From the back: array tables ask for the newest entry again and again.
	for i := len(t.Entries) - 1; i >= 0; i-- {
		if t.Entries[i].Key == key {
			return &t.Entries[i], true
		}
	}
	return nil, false
}

// manyKeys is where a search in a map begins to pay.
const manyKeys = 32

// add appends an entry. Big tables get an index: hostile files have many keys.
func (t *Table) add(e Entry) {
	t.Entries = append(t.Entries, e)
	switch n := len(t.Entries); {
	case n == manyKeys:
		t.index = make(map[string]int, 2*manyKeys)
		for i := range t.Entries {
			t.index[t.Entries[i].Key] = i
		}
	case n > manyKeys:
		t.index[e.Key] = n - 1
	}
}

// Get follows a path of keys; nil where one is missing or not in a table.
func (t *Table) Get(path ...string) *Value {
	for i, key := range path {
		e, ok := t.Lookup(key)
		if !ok {
			return nil
		}
		if i == len(path)-1 {
			return e.Value
		}
		t = e.Value.Table
	}
	return nil
}

// Sub returns the table at a path, or nil.
func (t *Table) Sub(path ...string) *Table {
	if v := t.Get(path...); v != nil {
		return v.Table
	}
	return nil
}

// Keys lists the keys in file order.
func (t *Table) Keys() []string {
	if t == nil {
		return nil
	}
	var keys []string
	for _, e := range t.Entries {
		keys = append(keys, e.Key)
	}
	return keys
}

// Reader reads values of expected types and collects what is of another.
type Reader struct {
	Errs []error
	Hint string // of every error, for a file that people do not write; "" for one that fits the value
}

func (r *Reader) wrong(v *Value, what string) {
	name := ""
	if v.key != "" {
		name = v.key + ": "
	}
	err := Errorf(v.At, "%sexpected %s, found %s", name, what, v.Kind)
	if hint := cmp.Or(r.Hint, hintFor(v, what)); hint != "" {
		err = err.WithHint("%s", hint)
	}
	r.Errs = append(r.Errs, err)
}

// hintFor says how a value of the wrong type is often put right; "" if it cannot tell.
func hintFor(v *Value, what string) string {
	switch {
	case what == aString && v.Kind != Array && v.Kind != TableKind:
		return "Put the value in quotes."
	case what == anArray && v.Kind == String:
		return "Put the value in brackets, as in [\"a\", \"b\"]."
	case (what == aBool || what == aNumber) && v.Kind == String:
		return "Remove the quotes."
	}
	return ""
}

// What a Reader expects, as errors name it.
const (
	aString = "a string"
	anArray = "an array of strings"
	aBool   = "true or false"
	aNumber = "a whole number"
)

// Text reads a string; a nil value is the zero Text.
func (r *Reader) Text(v *Value) Text {
	if v == nil {
		return Text{}
	}
	if v.Kind != String {
		r.wrong(v, aString)
		return Text{At: v.At}
	}
	return Text{Value: v.Text, At: v.At}
}

// String returns the contents of Text.
func (r *Reader) String(v *Value) string { return r.Text(v).Value }

// Texts reads an array of strings; nil for a nil value, empty but not nil for an
// empty array.
func (r *Reader) Texts(v *Value) []Text {
	if v == nil {
		return nil
	}
	if v.Kind != Array {
		r.wrong(v, anArray)
		return nil
	}
	all := []Text{}
	for _, item := range v.Items {
		all = append(all, r.Text(item))
	}
	return all
}

// Strings returns the contents of Texts.
func (r *Reader) Strings(v *Value) []string {
	texts := r.Texts(v)
	if texts == nil {
		return nil
	}
	all := []string{}
	for _, t := range texts {
		all = append(all, t.Value)
	}
	return all
}

// Bool reads a boolean; nil for a nil value.
func (r *Reader) Bool(v *Value) *bool {
	if v == nil {
		return nil
	}
	if v.Kind != Bool {
		r.wrong(v, aBool)
		return nil
	}
	b := v.Text == "true"
	return &b
}

// True reads a boolean that is false where it is not set.
func (r *Reader) True(v *Value) bool {
	b := r.Bool(v)
	return b != nil && *b
}

// Int reads an integer.
func (r *Reader) Int(v *Value) int {
	if v == nil {
		return 0
	}
	n, err := strconv.Atoi(v.Text)
	if v.Kind != Integer || err != nil {
		r.wrong(v, aNumber)
	}
	return n
}

// Table reads a table; nil for a nil value.
func (r *Reader) Table(v *Value) *Table {
	if v == nil {
		return nil
	}
	if v.Kind != TableKind {
		r.wrong(v, "a table")
	}
	return v.Table
}

// Tables reads an array of tables.
func (r *Reader) Tables(v *Value) []*Table {
	if v == nil {
		return nil
	}
	if v.Kind != Array {
		r.wrong(v, "an array of tables")
		return nil
	}
	var all []*Table
	for _, item := range v.Items {
		if t := r.Table(item); t != nil {
			all = append(all, t)
		}
	}
	return all
}

// String names a kind as an error does.
func (k Kind) String() string { return kindNames[k] }

var kindNames = map[Kind]string{
	String: "a string", Integer: "an integer", Float: "a float", Bool: "a boolean",
	Datetime: "a date or time", Array: "an array", TableKind: "a table",
}
