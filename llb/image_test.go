package llb

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	bkllb "github.com/moby/buildkit/client/llb"
)

// With MergeOp and without, the layers are the same and lie in the same order.
func TestMerge(t *testing.T) {
	var layers []bkllb.State
	for i := range 4 {
		layers = append(layers, bkllb.Scratch().File(bkllb.Mkdir(fmt.Sprintf("/%d", i), 0o755), bkllb.WithCustomName(fmt.Sprintf("layer %d", i))))
	}
	layer := regexp.MustCompile(`(?m)^    (?:copy )?<(layer \d)>`)
	order := func(merge bool) []string {
		g := New(Options{Merge: merge})
		var all []string
		for _, m := range layer.FindAllStringSubmatch(printed(t, g.merge(layers)), -1) {
			all = append(all, m[1])
		}
		return all
	}
	if diff := cmp.Diff([]string{"layer 0", "layer 1", "layer 2", "layer 3"}, order(true)); diff != "" {
		t.Error(diff)
	}
	// The first one is what the others are copied on.
	if diff := cmp.Diff([]string{"layer 1", "layer 2", "layer 3"}, order(false)); diff != "" {
		t.Error(diff)
	}
}
