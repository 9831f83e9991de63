package pep508

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/vectors"
)

// vector is a line of testdata/vectors.jsonl, written by generate.py from
// poetry-core's own answers. Which fields are there says what it is about.
type vector struct {
	Environments []struct {
		Values map[string]string
		Extras []string // null: unknown
	}
	Marker *string
	Holds  string // by environment: 1, 0, or ? where poetry-core fails
	Error  string

	Requirement           *string
	Name, URL, Constraint string
	Extras                []string

	Canonical string
}

func TestVectors(t *testing.T) { checkVectors(t, "vectors.jsonl") }

// TestRandomMarkers has the answers of poetry-core to markers of generate_markers.py.
func TestRandomMarkers(t *testing.T) { checkVectors(t, "markers.jsonl") }

func checkVectors(t *testing.T, name string) {
	var environments []Environment
	vectors.EachIn(t, name, func(v vector) {
		switch {
		case v.Environments != nil:
			for _, e := range v.Environments {
				env := Environment{Values: e.Values}
				if e.Extras != nil {
					env = env.WithExtras(e.Extras)
				}
				environments = append(environments, env)
			}
		case v.Marker != nil:
			checkMarker(t, v, environments)
		case v.Requirement != nil:
			checkRequirement(t, v)
		case v.Name != "":
			if got := CanonicalName(v.Name); got != v.Canonical {
				t.Errorf("CanonicalName(%q) = %q, want %q", v.Name, got, v.Canonical)
			}
		}
	})
}

func checkMarker(t *testing.T, want vector, environments []Environment) {
	m, err := ParseMarker(*want.Marker)
	if (err != nil) != (want.Error != "") {
		t.Errorf("ParseMarker(%q): %v, want %q", *want.Marker, err, want.Error)
	}
	if err != nil || want.Error != "" {
		return
	}
	got := ""
	for i, e := range environments {
		switch holds := m.Evaluate(e); {
		case want.Holds[i] == '?':
			got += "?"
		case holds:
			got += "1"
		default:
			got += "0"
		}
	}
	if got != want.Holds {
		t.Errorf("%s holds in %s, want %s", *want.Marker, got, want.Holds)
	}
}

func checkRequirement(t *testing.T, want vector) {
	r, err := ParseRequirement(*want.Requirement)
	if (err != nil) != (want.Error != "") {
		t.Errorf("ParseRequirement(%q): %v, want %q", *want.Requirement, err, want.Error)
	}
	if err != nil || want.Error != "" {
		return
	}
	squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
	if r.Name != want.Name || r.URL != want.URL || squeeze(r.Constraint) != squeeze(want.Constraint) ||
		strings.Join(r.Extras, ",") != strings.Join(want.Extras, ",") {
		t.Errorf("ParseRequirement(%q) = %+v, want %+v", *want.Requirement, r, want)
	}
}
