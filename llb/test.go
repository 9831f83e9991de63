package llb

import (
	"strings"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// test runs the tests on an image. What they leave in plan.Reports is the result: the
// image as such is the target "development".
func (a assembly) test(image Image) (Image, error) {
	argv, err := a.plan.TestCommand()
	if err != nil {
		return Image{}, err
	}
	c, user, err := a.onImage(image, nil)
	if err != nil {
		return Image{}, err
	}
	c.name = "[test] " + strings.Join(argv, " ")
	c.args = step.Test{User: user.String(), Dir: a.plan.Target.Workdir(), Command: argv, Out: plan.Reports}.Args()
	c.at = plan.Reports
	return Image{Root: a.run(c), History: []string{"test: " + strings.Join(argv, " ")}}, nil
}
