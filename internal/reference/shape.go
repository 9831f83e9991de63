package reference

import (
	"fmt"
	"reflect"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// shape is what values of a Go type look like in TOML: for people, and as JSON schema.
type shape struct {
	words  string
	schema map[string]any
}

func object(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

var (
	text   = object("type", "string")
	list   = object("type", "array", "items", text)
	scalar = object("type", []string{"string", "number", "boolean"})
)

var shapes = map[reflect.Type]shape{
	reflect.TypeFor[source.Text]():   {"string", text},
	reflect.TypeFor[[]source.Text](): {"array of strings", list},
	reflect.TypeFor[*bool]():         {"boolean", object("type", "boolean")},
	reflect.TypeFor[int]():           {"integer", object("type", "integer", "minimum", 0)},
	reflect.TypeFor[*pyproject.Command](): {"string, or array of strings",
		object("anyOf", []any{list, text})},
	reflect.TypeFor[[]string](): {"string, or array of strings",
		object("anyOf", []any{object("type", "array", "items", text, "minItems", 1), object("type", "string", "minLength", 1)})},
	reflect.TypeFor[[]pyproject.Port](): {"array of integers or strings",
		object("type", "array", "items", object("anyOf", []any{
			object("type", "integer", "minimum", 1, "maximum", 65535),
			object("type", "string", "pattern", "^[0-9]{1,5}(/(tcp|udp))?$"),
		}))},
	reflect.TypeFor[[]pyproject.Pair](): {"table whose values are strings, numbers or booleans",
		object("type", "object", "additionalProperties", scalar)},
	reflect.TypeFor[*pyproject.Healthcheck](): {"table", nil}, // its schema is that of its section
	reflect.TypeFor[*pyproject.Prepare]():     {"table", nil},
}

// agents is the shape of `ssh` in [tool.quatrain.git].
var agents = shape{"table of strings, from a host to the ID of an agent", object("type", "object", "additionalProperties", text)}

func shapeOf(k Key) (shape, error) {
	if k.Owner == reflect.TypeFor[pyproject.GitConfig]() && k.Name == "ssh" {
		return agents, nil
	}
	s, ok := shapes[k.Field.Type]
	if !ok {
		return s, fmt.Errorf("%s: values of %s have no shape here", k.Name, k.Field.Type)
	}
	if len(k.OneOf) > 0 {
		s.words = "one of"
		for i, v := range k.OneOf {
			if i > 0 {
				s.words += ","
			}
			s.words += fmt.Sprintf(" `%q`", v)
		}
		s.schema = object("enum", k.OneOf)
	}
	return s, nil
}
