package llb

import (
	"strings"

	"github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// test runs the tests on an image. What they leave in plan.Reports is the result: the
// image as such is the target "development".
func (g *Graph) test(p *plan.Plan, in Inputs, image Image) (Image, error) {
	user, err := p.Target.User()
	if err != nil {
		return Image{}, err
	}
	argv, err := p.TestCommand()
	if err != nil {
		return Image{}, err
	}
	env, err := p.Env(lookup(in.Env, "PATH"))
	if err != nil {
		return Image{}, err
	}
	s := step.Test{User: user.String(), Dir: p.Target.Workdir(), Command: argv, Out: plan.Reports}
	var opts []llb.RunOption
	for _, e := range withEnv(in.Env, env) {
		name, value, _ := strings.Cut(e, "=")
		opts = append(opts, llb.AddEnv(name, value))
	}
	reports := g.run(command{
		name: "[test] " + strings.Join(argv, " "),
		args: s.Args(),
		root: image.Root,
		out:  true,
		at:   plan.Reports,
		opts: opts,
	})
	return Image{Root: reports, History: []string{"test: " + strings.Join(argv, " ")}}, nil
}
