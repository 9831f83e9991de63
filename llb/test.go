package llb

import (
	"strings"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// test runs the tests on an image. What they leave in plan.Reports is the result: the
// image as such is the target "development".
func (g *Graph) test(p *plan.Plan, in Inputs, image Image) (Image, error) {
	argv, err := p.TestCommand()
	if err != nil {
		return Image{}, err
	}
	c, user, err := g.onImage(p, in, image, nil)
	if err != nil {
		return Image{}, err
	}
	c.name = "[test] " + strings.Join(argv, " ")
	c.args = step.Test{User: user.String(), Dir: p.Target.Workdir(), Command: argv, Out: plan.Reports}.Args()
	c.at = plan.Reports
	return Image{Root: g.run(c), History: []string{"test: " + strings.Join(argv, " ")}}, nil
}
