package llb

import (
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/step"
)

// prepare returns the layer of what the project's own command writes, run on an image in
// which the project is installed. The project's files are mounted; copied in, an edit would
// merge all layers again before the command runs.
func (a assembly) prepare(installed Image) (layer, error) {
	c, user, err := a.onImage(installed, a.plan.Target.PrepareEnv())
	if err != nil {
		return layer{}, err
	}
	argv := a.plan.Target.PrepareCommand()
	c.name = "[prepare] " + strings.Join(argv, " ")
	c.args = a.prepareSteps(user).Args()
	c.opts = append(c.opts, offline)
	if a.in.App != nil && a.plan.CopiesApp() {
		dir := a.plan.Target.Workdir()
		c.opts = append(c.opts, bkllb.AddMount(dir, *a.in.App, bkllb.SourcePath(dir), bkllb.ForceNoOutput))
	}
	return layer{a.run(c), "prepare: " + strings.Join(argv, " ")}, nil
}

// prepareSteps compiles what the command writes where it runs: the layer has sources and
// byte code, and none of an interpreter that the command has started.
func (a assembly) prepareSteps(user plan.User) step.Step {
	s := step.Prepare{User: user.String(), Dir: a.plan.Target.Workdir(), Command: a.plan.Target.PrepareCommand(), Out: step.Out}
	if !a.plan.Target.Compile {
		return s
	}
	return step.Sequence{s, step.Compile{Interpreter: a.plan.Base.Interpreter, Kind: step.CheckedHash, In: step.Out, Out: step.Out}}
}

// onImage returns a step that runs on an image, with the image's environment and more, as the
// image's user.
func (a assembly) onImage(image Image, more []pyproject.Pair) (command, plan.User, error) {
	user, err := a.plan.User()
	if err != nil {
		return command{}, user, err
	}
	env, err := a.plan.Env(lookup(a.in.Env, "PATH"))
	if err != nil {
		return command{}, user, err
	}
	c := command{root: image.Root, out: true}
	for _, e := range withEnv(withEnv(a.in.Env, env), more) {
		name, value, _ := strings.Cut(e, "=")
		c.opts = append(c.opts, bkllb.AddEnv(name, value))
	}
	return c, user, nil
}
