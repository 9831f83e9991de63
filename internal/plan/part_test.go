package plan

import (
	"slices"
	"testing"
)

func TestWithoutCache(t *testing.T) {
	p := project(t, "[tool.quatrain.target.worker]\nfrom = \"production\"\n[tool.quatrain.target.e2e]\nfrom = \"test\"\n")
	for _, c := range []struct {
		target string
		named  []string
		want   []Part
	}{
		{"production", nil, nil},
		{"production", []string{"production"}, []Part{ProjectPart}},
		{"production", []string{"development"}, nil},
		{"worker", []string{"production"}, []Part{ProjectPart}},
		{"worker", []string{"worker", "builder"}, []Part{BuilderPart, ProjectPart}},
		{"test", []string{"test", "base"}, []Part{BasePart, TestPart}},
		{"e2e", []string{"test"}, []Part{TestPart}},
		{"builder", []string{"builder"}, []Part{BuilderPart}},
	} {
		target, err := ResolveTarget(p, c.target)
		if err != nil {
			t.Fatal(err)
		}
		got := target.WithoutCache(func(name string) bool { return slices.Contains(c.named, name) })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s without the cache of %q makes %q anew, want %q", c.target, c.named, got, c.want)
		}
	}
}
