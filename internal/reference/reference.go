// Package reference generates docs/reference.md and the JSON schema of [tool.quatrain] from
// the doc comments and key tags of the settings.
package reference

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

//go:generate go run ./write ../poetry/pyproject ../../docs

// The names of what is written.
const (
	PageFile   = "reference.md"
	SchemaFile = "quatrain.schema.json"
)

// Table is one table of the settings.
type Table struct {
	Name string // "tool.quatrain.build"
	Keys []Key
}

// Key is one key with what its doc comment says.
type Key struct {
	pyproject.Key
	Doc      string
	Default  string // "" for a required key, and for a table that has a section
	Required bool
	Example  string // a line of TOML
}

// tables, the outer ones first.
var tables = []struct {
	name string
	of   reflect.Type
}{
	{"tool.quatrain", reflect.TypeFor[pyproject.Config]()},
	{"tool.quatrain.build", reflect.TypeFor[pyproject.BuildConfig]()},
	{"tool.quatrain.git", reflect.TypeFor[pyproject.GitConfig]()},
	{"tool.quatrain.target.NAME", reflect.TypeFor[pyproject.TargetConfig]()},
	{"tool.quatrain.prepare", reflect.TypeFor[pyproject.Prepare]()},
	{"tool.quatrain.healthcheck", reflect.TypeFor[pyproject.Healthcheck]()},
}

// Tables reads the settings' tables; dir is the source of package pyproject.
// Errors: a key whose comment lacks a description, a default or an example.
func Tables(dir string) ([]Table, error) {
	docs, err := fieldDocs(filepath.Join(dir, "config.go"))
	if err != nil {
		return nil, err
	}
	var all []Table
	for _, t := range tables {
		table := Table{Name: t.name}
		for _, k := range pyproject.KeysOf(t.of) {
			key, err := describe(k, docs[k.Owner.Name()+"."+k.Field.Name])
			if err != nil {
				return nil, err
			}
			if t.of == reflect.TypeFor[pyproject.TargetConfig]() && k.Owner != t.of {
				key = key.inherited()
			}
			table.Keys = append(table.Keys, key)
		}
		all = append(all, table)
	}
	return all, nil
}

// describe splits a doc comment into its parts.
func describe(k pyproject.Key, doc string) (Key, error) {
	key := Key{Key: k}
	var prose []string
	into := &prose
	var defaults []string
	for line := range strings.Lines(doc) {
		line = strings.TrimSpace(line)
		if line == "Required." {
			key.Required = true
			continue
		}
		if rest, ok := strings.CutPrefix(line, "Example: "); ok {
			key.Example = rest
			continue
		}
		if rest, ok := strings.CutPrefix(line, "Default: "); ok {
			into, line = &defaults, rest
		}
		*into = append(*into, line)
	}
	key.Doc, key.Default = strings.TrimSpace(strings.Join(prose, "\n")), strings.Join(defaults, " ")
	// Comments of Go start with the name of the field.
	key.Doc = strings.Replace(key.Doc, k.Field.Name, "`"+k.Name+"`", 1)
	if key.Doc == "" || !key.isTable() && (key.Example == "" || key.Required == (key.Default != "")) {
		return key, fmt.Errorf("%s.%s: the comment needs a description, an example, and a default or \"Required.\"", k.Owner.Name(), k.Field.Name)
	}
	return key, nil
}

// inherited returns a key of the image as a target has it.
func (k Key) inherited() Key {
	k.Doc, _, _ = strings.Cut(k.Doc, "\n\n")
	k.Doc, _, _ = strings.Cut(strings.ReplaceAll(k.Doc, "\n", " "), ". ")
	k.Doc = strings.TrimSuffix(k.Doc, ".") + "."
	k.Default = "inherited, otherwise " + k.Default
	return k
}

// isTable reports whether a key is a table that has a section and no value to show.
func (k Key) isTable() bool { return k.Name == "build" || k.Name == "git" || k.Name == "target" }

// fieldDocs returns the doc comments of a file's struct fields by "Struct.Field".
func fieldDocs(file string) (map[string]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	docs := map[string]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		fields, ok := spec.Type.(*ast.StructType)
		if !ok {
			return false
		}
		for _, f := range fields.Fields.List {
			for _, name := range f.Names {
				docs[spec.Name.Name+"."+name.Name] = f.Doc.Text()
			}
		}
		return false
	})
	return docs, nil
}
