package main

import (
	"testing"

	"github.com/quatrain-build/quatrain/internal/plan"
)

// What is measured as Quatrain's policy is what Quatrain does.
func TestAsItIs(t *testing.T) {
	h, err := load("histories/paperless-ngx.json")
	if err != nil {
		t.Fatal(err)
	}
	packages := h.last()
	var all []plan.Package
	for name, p := range packages {
		all = append(all, plan.Package{Name: name, Size: p.Size})
	}
	named := map[string]string{} // the policy's name of a layer → the bucket's
	layers := policies("")[0].of(packages)
	buckets := plan.Buckets(all)
	for _, b := range buckets {
		for _, p := range b.Packages {
			layer := layers[p.Name]
			if named[layer] == "" {
				named[layer] = b.Name
			}
			if named[layer] != b.Name {
				t.Errorf("%s is in %s, where the policy has it in %s with others of %s", p.Name, b.Name, layer, named[layer])
			}
		}
	}
	if len(named) != len(buckets) {
		t.Errorf("%d layers, %d buckets", len(named), len(buckets))
	}
}
