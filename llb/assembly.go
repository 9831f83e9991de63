package llb

import (
	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/editable"
)

// Inputs are the trees that an image is assembled from.
type Inputs struct {
	Base      bkllb.State // the image's root with its apt packages, target platform
	BuildBase bkllb.State // the same on the build platform: what compiles
	Builder   bkllb.State // base with the build packages: where wheels are built

	AllByStep    bool                   // a step downloads all files, and BuildKit none
	WholeHistory bool                   // git repositories are fetched whole, not the locked commit alone
	Trees        map[string]bkllb.State // package → its folder, or the folder with its file, of a build context
	Project      *bkllb.State           // the project's folder, what its wheel is built of, or nil
	Overlay      *bkllb.State           // ResolveOverlaps' output, where it has files that have to lie over the layers
	App          *bkllb.State           // App's output, or nil
	Installed    []editable.File        // the project's own installation
	Asked        []bkllb.State          // what the frontend has read: answers that are in no layer
	Env          []string               // the environment of the image, for what runs on it
}

// assembly makes the vertices of one image: those of a plan, from its inputs.
type assembly struct {
	*Graph
	plan *plan.Plan
	in   Inputs
}

// of returns the assembly for the vertices of a part.
func (a assembly) of(part plan.Part) assembly {
	a.Graph = a.Graph.of(part)
	return a
}
