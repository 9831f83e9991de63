package frontend

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/llb"
)

// The answers of all indexes finish the plan: each file has its address and size, and pip the
// index that has it. One that only a step can download from is so for all of its files.
func TestAnswersFinishThePlan(t *testing.T) {
	first, second := plan.Index{Name: "first", URL: "https://first.invalid/"}, plan.Index{Name: "second", URL: "https://second.invalid/"}
	origin := plan.Origin{Kind: plan.FromIndex, Index: second}
	p := &plan.Plan{
		Packages: []plan.Package{{Name: "demo", File: "demo.whl", SHA256: "d0", Origin: origin}},
		Builder: &plan.Builder{
			Pip:     plan.Package{Name: "pip", File: "pip.whl", SHA256: "a0", Origin: plan.Origin{Kind: plan.FromIndex}},
			PipFrom: []plan.Index{first, second},
		},
	}
	l := locator{
		request: &request{lock: &lockfile.Lock{}}, graph: llb.New(llb.Options{}), findings: &findings{},
		answers: map[string]step.Locations{
			llb.Question(second, p.Packages): {Files: []step.Location{{SHA256: "d0", URL: "https://second.invalid/demo.whl", Size: 3 << 20}}},
			"pip":                            {Files: []step.Location{{SHA256: "a0", URL: "https://second.invalid/pip.whl", Size: 7}}, From: 1, Step: true},
		},
	}
	if _, err := l.round(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	located := p.Locate(l.found)
	want := []plan.Package{
		{Name: "demo", File: "demo.whl", SHA256: "d0", Origin: origin, URL: "https://second.invalid/demo.whl", Size: 3 << 20, ByStep: true},
		{Name: "pip", File: "pip.whl", SHA256: "a0", Origin: origin, URL: "https://second.invalid/pip.whl", Size: 7, ByStep: true},
	}
	if diff := cmp.Diff(want, append(located.Packages, located.Builder.Pip)); diff != "" {
		t.Error(diff)
	}
	if b := located.Buckets; len(b) != 1 || b[0].Name != "demo" {
		t.Errorf("a package of 3 MB is in %v, want a bucket to itself", b)
	}
}
