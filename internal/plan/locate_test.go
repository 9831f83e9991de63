package plan

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Answers of indexes become part of a new plan: each file's address and size, who downloads
// it, where pip is, and the buckets. The plan that they are about stays as it was.
func TestLocate(t *testing.T) {
	inner, outer := Index{Name: "inner"}, Index{Name: "outer"}
	from := func(i Index) Origin { return Origin{Kind: FromIndex, Index: i} }
	p := &Plan{
		Packages: []Package{
			{Name: "big", SHA256: "b1", Origin: from(outer)},
			{Name: "private", SHA256: "c2", Origin: from(inner)},
			{Name: "tree", Origin: Origin{Kind: FromGit}, Build: true},
		},
		Builder: &Builder{Pip: Package{Name: "pip", SHA256: "a0", Origin: Origin{Kind: FromIndex}}, PipFrom: []Index{inner, outer}},
	}
	original, originalPip := slices.Clone(p.Packages), p.Builder.Pip
	got := p.Locate(Locations{
		Files: map[string]step.Location{
			"a0": {URL: "https://inner/pip", Size: 3},
			"b1": {URL: "https://outer/big", Size: 9 << 20},
			"c2": {URL: "https://inner/private", Size: 1},
		},
		ByStep: map[Index]bool{inner: true},
		Pip:    inner,
	})
	want := []Package{
		{Name: "big", SHA256: "b1", Origin: from(outer), URL: "https://outer/big", Size: 9 << 20},
		{Name: "private", SHA256: "c2", Origin: from(inner), URL: "https://inner/private", Size: 1, ByStep: true},
		{Name: "tree", Origin: Origin{Kind: FromGit}, Build: true},
	}
	if diff := cmp.Diff(want, got.Packages); diff != "" {
		t.Error(diff)
	}
	wantPip := Package{Name: "pip", SHA256: "a0", Origin: from(inner), URL: "https://inner/pip", Size: 3, ByStep: true}
	if diff := cmp.Diff(wantPip, got.Builder.Pip); diff != "" {
		t.Errorf("pip: %s", diff)
	}
	if diff := cmp.Diff(map[string]int64{"a0": 3, "b1": 9 << 20, "c2": 1}, got.Sizes()); diff != "" {
		t.Errorf("sizes: %s", diff)
	}
	if b := got.Buckets; len(b) == 0 || b[0].Name != "big" || b[0].Packages[0].URL != "https://outer/big" {
		t.Errorf("the biggest package has no bucket to itself, or is not located in it: %v", b)
	}
	if diff := cmp.Diff(original, p.Packages); diff != "" || p.Buckets != nil {
		t.Errorf("the plan itself has changed: %s %v", diff, p.Buckets)
	}
	if diff := cmp.Diff(originalPip, p.Builder.Pip); diff != "" {
		t.Errorf("the plan's own builder has changed: %s", diff)
	}
}

// Where only one index may have pip, no answer says which. What runs from its folder is in no
// bucket.
func TestLocateOfOneIndex(t *testing.T) {
	only := Index{Name: "only"}
	p := &Plan{
		Packages: []Package{{Name: "library", Library: project(t, "")}},
		Builder:  &Builder{Pip: Package{SHA256: "a0", Origin: Origin{Kind: FromIndex, Index: only}}},
	}
	got := p.Locate(Locations{Files: map[string]step.Location{"a0": {URL: "https://only/pip"}}})
	if pip := got.Builder.Pip; pip.Origin.Index != only || pip.URL != "https://only/pip" {
		t.Errorf("pip is %+v", pip)
	}
	if len(got.Buckets) > 0 {
		t.Errorf("buckets: %v", got.Buckets)
	}
}
