package reference

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Schema returns the JSON schema (draft 2020-12) of the table [tool.quatrain], which also
// describes the settings in a stub.
func Schema(tables []Table) ([]byte, error) {
	byName := map[string]map[string]any{}
	// Inner tables come later in the list, and are needed first.
	for i := len(tables) - 1; i >= 0; i-- {
		t, err := tableSchema(tables[i], byName)
		if err != nil {
			return nil, err
		}
		byName[tables[i].Name] = t
	}
	root := byName["tool.quatrain"]
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Quatrain"
	root["description"] = "Settings of Quatrain: the table [tool.quatrain] in pyproject.toml, or the keys of a stub"
	data, err := json.MarshalIndent(root, "", "  ")
	return append(data, '\n'), err
}

func tableSchema(t Table, inner map[string]map[string]any) (map[string]any, error) {
	properties := map[string]any{}
	var required []string
	for _, k := range t.Keys {
		var p map[string]any
		switch k.Name {
		case "build", "git", "prepare", "healthcheck":
			p = maps.Clone(inner["tool.quatrain."+k.Name])
		case "target":
			p = object("type", "object", "additionalProperties", inner["tool.quatrain.target.NAME"])
		default:
			s, err := shapeOf(k)
			if err != nil {
				return nil, err
			}
			p = maps.Clone(s.schema)
		}
		if err := annotate(p, k); err != nil {
			return nil, err
		}
		properties[k.Name] = p
		if k.Required {
			required = append(required, k.Name)
		}
	}
	s := object("type", "object", "properties", properties, "additionalProperties", false)
	if required != nil {
		s["required"] = required
	}
	return s, nil
}

// annotate adds what an editor shows.
func annotate(p map[string]any, k Key) error {
	doc, _, _ := strings.Cut(k.Doc, "\n\n")
	doc = strings.ReplaceAll(doc, "\n", " ")
	switch {
	case k.Required:
		doc += "\nRequired."
	case k.Default != "":
		doc += "\nDefault: " + k.Default + "."
	}
	p["description"] = doc
	if k.isTable() {
		return nil
	}
	var example map[string]any
	if err := toml.Unmarshal([]byte(k.Example), &example); err != nil || example[k.Name] == nil {
		return fmt.Errorf("the example of %s is not one: %s", k.Name, k.Example)
	}
	p["examples"] = []any{example[k.Name]}
	return nil
}
