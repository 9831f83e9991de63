package llb

import (
	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Facts reads what the files of a base image say of it. Nothing of the image runs, so
// that its platform may be any. Its output holds facts.json.
func (g *Graph) Facts(image bkllb.State, env []string) bkllb.State {
	s := step.Facts{Root: step.Base, Path: lookup(env, "PATH"), Python: lookup(env, "PYTHON_VERSION"), Out: step.Out}
	return g.of(plan.BasePart).run(command{
		name: "[facts] Python and C library of the base image",
		args: s.Args(),
		root: bkllb.Scratch(),
		out:  true,
		opts: []bkllb.RunOption{offline, g.keyed(s.Root, image)},
	})
}
