package pep440

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/vectors"
)

// vector is a line of testdata/vectors.jsonl, written by generate.py from
// poetry-core's own answers. Which fields are there says what it is about.
type vector struct {
	Version, Text, Stable string
	Error, Pre            bool
	Parts                 []int

	Order   [][]string // equal versions together
	Against []string   // what the digits of Allows and Marker stand for

	Constraint     *string
	Allows, Marker string // Marker: as a marker's constraint, where it differs

	Pair     []string
	Any, All bool // of the first, asked for the second
}

func TestVectors(t *testing.T) { checkVectors(t, "vectors.jsonl") }

// TestRandomConstraints has the answers of poetry-core to what generate_constraints.py makes up.
func TestRandomConstraints(t *testing.T) { checkVectors(t, "constraints.jsonl") }

func checkVectors(t *testing.T, name string) {
	var against []string
	vectors.EachIn(t, name, func(v vector) {
		switch {
		case v.Order != nil:
			checkOrder(t, v.Order)
		case v.Against != nil:
			against = v.Against
		case v.Constraint != nil:
			checkConstraint(t, v, against)
		case v.Pair != nil:
			checkPair(t, v)
		default:
			checkVersion(t, v)
		}
	})
}

func checkVersion(t *testing.T, want vector) {
	v, err := ParseVersion(want.Version)
	if (err != nil) != want.Error {
		t.Errorf("ParseVersion(%q): %v", want.Version, err)
	}
	if err != nil || want.Error {
		return
	}
	if v.String() != want.Text || v.Stable().String() != want.Stable || v.IsPrerelease() != want.Pre {
		t.Errorf("%q is %s, stable %s, pre-release %v; want %+v", want.Version, v, v.Stable(), v.IsPrerelease(), want)
	}
	for i, got := range []int{v.Major(), v.Minor(), v.Patch()} {
		if got != want.Parts[i] {
			t.Errorf("%q: part %d is %d", want.Version, i, got)
		}
	}
}

func checkOrder(t *testing.T, order [][]string) {
	for i, these := range order {
		for j, those := range order {
			for _, a := range these {
				for _, b := range those {
					if got := version(t, a).Compare(version(t, b)); got != min(1, max(-1, i-j)) {
						t.Errorf("Compare(%s, %s) = %d", a, b, got)
					}
					if equal := version(t, a).Key() == version(t, b).Key(); equal != (i == j) {
						t.Errorf("%s and %s: keys are equal: %v", a, b, equal)
					}
				}
			}
		}
	}
}

func checkConstraint(t *testing.T, want vector, against []string) {
	marker := want.Marker
	if marker == "" {
		marker = want.Allows
	}
	for _, c := range []struct {
		name, want string
		parse      func(string) (Constraint, error)
	}{{"ParseConstraint", want.Allows, ParseConstraint}, {"ParseMarkerConstraint", marker, ParseMarkerConstraint}} {
		parsed, err := c.parse(*want.Constraint)
		if (err != nil) != want.Error {
			t.Errorf("%s(%q): %v, want an error: %v", c.name, *want.Constraint, err, want.Error)
		}
		if err != nil || c.want == "" {
			continue
		}
		var wrong []string
		for i, s := range against {
			if parsed.Allows(version(t, s)) != (c.want[i] == '1') {
				wrong = append(wrong, s)
			}
		}
		if wrong != nil {
			t.Errorf("%s(%q) is wrong about %s", c.name, *want.Constraint, strings.Join(wrong, ", "))
		}
	}
}

func checkPair(t *testing.T, want vector) {
	a, errA := ParseConstraint(want.Pair[0])
	b, errB := ParseConstraint(want.Pair[1])
	if errA != nil || errB != nil || a.AllowsAny(b) != want.Any || a.AllowsAll(b) != want.All {
		t.Errorf("%q and %q: not any %v, all %v (%v, %v)", want.Pair[0], want.Pair[1], want.Any, want.All, errA, errB)
	}
}
