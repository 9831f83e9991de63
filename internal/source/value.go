package source

// Kind is the TOML type of a value.
type Kind int

// The kinds of TOML values. Datetime covers all four TOML date and time types.
const (
	String Kind = iota + 1
	Integer
	Float
	Bool
	Datetime
	Array
	TableKind
)

// Value is one TOML value with its place. Exactly the field of its Kind is set.
type Value struct {
	Kind  Kind
	At    Range    // the value as written; of a [table]: its header, or its first key
	Text  string   // String: the contents; Integer, Float, Bool, Datetime: as written
	Items []*Value // Array, also of tables
	Table *Table   // TableKind

	key string // the key it was found under, for errors; "" in an array
}

// Table is a TOML table, however written: [header], inline, or dotted keys.
// Keys keep the order of the file.
type Table struct {
	At      Range
	Entries []Entry

	index map[string]int // of Entries by key, once there are many
}

// Entry is one key of a table.
type Entry struct {
	Key   string
	KeyAt Range
	Value *Value
}
