package pyproject

import (
	"reflect"
	"strings"
)

// Key is one key of a table of [tool.quatrain], as the struct of the table declares it.
type Key struct {
	Name  string              // "stop-signal"
	Owner reflect.Type        // the struct with the field: Config, or Image inlined in it
	Field reflect.StructField // its type is the shape of the value
	OneOf []string            // the values there are; empty where any will do
}

// KeysOf lists the keys of a table's struct in the order of its fields, those of
// inlined structs in their place.
func KeysOf(table reflect.Type) []Key {
	var all []Key
	for i := range table.NumField() {
		f := table.Field(i)
		name, inline := strings.CutSuffix(f.Tag.Get("key"), ",inline")
		switch {
		case inline:
			all = append(all, KeysOf(f.Type)...)
		case name != "":
			all = append(all, Key{Name: name, Owner: table, Field: f, OneOf: strings.Fields(f.Tag.Get("oneof"))})
		}
	}
	return all
}

// keyNames returns the keys that a table may have.
func keyNames[T any]() []string {
	var names []string
	for _, k := range KeysOf(reflect.TypeFor[T]()) {
		names = append(names, k.Name)
	}
	return names
}

// oneOf returns the values that a key may have.
func oneOf[T any](key string) []string {
	for _, k := range KeysOf(reflect.TypeFor[T]()) {
		if k.Name == key {
			return k.OneOf
		}
	}
	return nil
}
