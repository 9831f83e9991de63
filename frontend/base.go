package frontend

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/distribution/reference"
	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerui"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// baseImage is the image that a target starts from, its apt packages installed.
type baseImage struct {
	state      bkllb.State // target platform
	buildState bkllb.State // build platform: what compiles
	builder    bkllb.State // target platform, with the build packages: where wheels are built
	base       llb.Base
}

// choosePython returns which Python this build uses.
func (r *request) choosePython() (plan.Python, error) {
	if c, ok := r.client.(interface {
		GuessPython(func(image string) (string, bool))
	}); ok {
		c.GuessPython(func(image string) (string, bool) { return plan.GuessRelease(r.project, r.lock, image) })
	}
	in := plan.Input{Project: r.project, Lock: r.lock, Settings: r.settings, Budget: r.budget}
	return plan.ChoosePython(in, r.ui.BuildArgs[argPython], r.pythonVersion)
}

// resolveBase finds the base image and installs the target's system packages on it. python
// replaces {python} in its name.
func (r *request) resolveBase(ctx context.Context, g *llb.Graph, t plan.Target, python string, platform ocispecs.Platform) (*baseImage, error) {
	name := r.project.Quatrain.Base
	if name.Value == "" {
		name.Value = plan.DefaultBase
	}
	name.Value = strings.ReplaceAll(name.Value, "{python}", python)
	st, from, err := r.image(ctx, name, platform)
	if err != nil {
		return nil, err
	}
	build := st
	if platform.Architecture != r.buildPlatformSpec().Architecture {
		if build, _, err = r.image(ctx, name, r.buildPlatformSpec()); err != nil {
			return nil, err
		}
	}
	// One step each, so that a new build package does not move the runtime ones.
	runtime := g.Apt(*st, t.Apt)
	image := &baseImage{state: runtime, builder: g.BuildApt(runtime, t.BuildApt), buildState: *build, base: *from}
	if t.BuildTools {
		image.state = image.builder
	}
	if _, official := base.Guess(from.Config.Config.Env); !official {
		image.buildState = g.Apt(*build, t.Apt) // its interpreter may be one of those packages
	}
	return image, nil
}

// image resolves a reference: a build context of that name, or a registry's image.
func (r *request) image(ctx context.Context, name source.Text, platform ocispecs.Platform) (*bkllb.State, *llb.Base, error) {
	fail := func(err error) error {
		return source.Errorf(name.At, "base image %s for %s: %v", name.Value, platform.OS+"/"+platform.Architecture, err).
			WithHint("Set `base` or `python` in [tool.quatrain] to an image that the builder can reach.")
	}
	nc, err := r.ui.NamedContext(name.Value, dockerui.ContextOpt{Platform: &platform, ResolveMode: r.ui.ImageResolveMode.String()})
	if err != nil {
		return nil, nil, fail(err)
	}
	if nc != nil {
		st, config, err := nc.Load(ctx)
		if err != nil {
			return nil, nil, fail(err)
		}
		if config == nil {
			config = &dockerspec.DockerOCIImage{}
			config.OS, config.Architecture, config.Variant = platform.OS, platform.Architecture, platform.Variant
		}
		return st, &llb.Base{Config: *config}, nil
	}
	named, err := reference.ParseNormalizedNamed(name.Value)
	if err != nil {
		return nil, nil, fail(err)
	}
	ref, digest, data, err := r.client.ResolveImageConfig(ctx, reference.TagNameOnly(named).String(), sourceresolver.Opt{
		LogName:  "[base] " + name.Value,
		ImageOpt: &sourceresolver.ResolveImageOpt{Platform: &platform, ResolveMode: r.ui.ImageResolveMode.String()},
	})
	if err != nil {
		return nil, nil, fail(err)
	}
	from := &llb.Base{Name: withoutDigest(named), Digest: digest}
	if err := json.Unmarshal(data, &from.Config); err != nil {
		return nil, nil, fail(fmt.Errorf("configuration: %w", err))
	}
	pinned := ref
	if digest != "" && !strings.Contains(ref, "@") {
		pinned = ref + "@" + digest.String()
	}
	st := bkllb.Image(pinned, bkllb.Platform(platform), bkllb.WithCustomName("[base] "+name.Value))
	return &st, from, nil
}

// withoutDigest returns a reference with its name and tag only.
func withoutDigest(named reference.Named) string {
	if tagged, ok := named.(reference.Tagged); ok {
		return named.Name() + ":" + tagged.Tag()
	}
	if _, ok := named.(reference.Digested); ok {
		return named.Name()
	}
	return reference.TagNameOnly(named).String()
}

// facts reads the base's files, without running any.
func (r *request) facts(ctx context.Context, g *llb.Graph, image *baseImage) (facts base.Facts, err error) {
	ref, err := r.solveExplained(ctx, nil, image.facts(g))
	if err != nil {
		return facts, err
	}
	if err := readJSON(ctx, ref, base.FactsFile, &facts); err != nil {
		return facts, fmt.Errorf("reading the facts of the base image: %w", err)
	}
	return facts, nil
}

func (i *baseImage) facts(g *llb.Graph) bkllb.State {
	return g.Facts(i.state, i.base.Config.Config.Env)
}
