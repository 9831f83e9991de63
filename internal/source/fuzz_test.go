package source

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

// FuzzParseTOML holds the tree against go-toml's own values: the same keys, strings
// and numbers, and every place inside the file.
func FuzzParseTOML(f *testing.F) {
	f.Add("a = 1\n[b]\nc = {d = [1, 2]}\n[[e]]\n")
	f.Add("a.b = 'x'\r\n[[t.u]]\nn = [1_0, 0x1F, -1.5e3, inf, true, 2020-01-01]\n[t.v]\n\"k\\u00e9\" = \"\"\"\nx\"\"\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10000 {
			return
		}
		file := &File{Name: "f", Data: []byte(text)}
		root, err := ParseTOML(file)
		if err != nil {
			if len(All(err)) == 0 {
				t.Errorf("an error without a place: %v", err)
			}
			return
		}
		var want map[string]any
		if err := toml.Unmarshal(bytes.TrimPrefix(file.Data, []byte("\xef\xbb\xbf")), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(shape(want), shape(plain(t, &Value{Kind: TableKind, Table: root}, strings.Count(text, "\n")+1))); diff != "" {
			t.Error(diff)
		}
	})
}

// plain is a value as go-toml has it; numbers and dates are compared by kind only.
func plain(t *testing.T, v *Value, lines int) any {
	if !v.At.IsZero() && (v.At.Start.Line > lines || v.At.Start.Column < 0) {
		t.Errorf("place %v is not in the file", v.At)
	}
	switch v.Kind {
	case String:
		return v.Text
	case Bool:
		return v.Text == "true"
	case Integer:
		n, _ := new(big.Int).SetString(strings.ReplaceAll(strings.TrimPrefix(v.Text, "+"), "_", ""), 0)
		return n.Int64()
	case Array:
		all := []any{}
		for _, item := range v.Items {
			all = append(all, plain(t, item, lines))
		}
		return all
	case TableKind:
		m := map[string]any{}
		for i, e := range v.Table.Entries {
			if found, ok := v.Table.Lookup(e.Key); !ok || found != &v.Table.Entries[i] {
				t.Errorf("%q is not found", e.Key)
			}
			m[e.Key] = plain(t, e.Value, lines)
		}
		return m
	}
	return nil
}

// shape leaves out floats and dates.
func shape(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, one := range v {
			m[k] = shape(one)
		}
		return m
	case []any:
		all := []any{}
		for _, one := range v {
			all = append(all, shape(one))
		}
		return all
	case string, bool, int64:
		return v
	}
	return nil
}
