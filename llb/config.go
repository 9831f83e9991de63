package llb

import (
	"maps"
	"slices"
	"strings"
	"time"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

// Base is the image that another starts from.
type Base struct {
	Config dockerspec.DockerOCIImage
	Name   string        // with registry and tag; "" where it has no name
	Digest digest.Digest // "" where it is not known
}

// Config returns the image's configuration: the base's, with the plan's on top. request has
// the request's own labels, made describes the layers as Assemble returned them, and at is
// the image's time from the request, or nil.
func Config(p *plan.Plan, base Base, request map[string]string, made []string, at *time.Time) (*dockerspec.DockerOCIImage, error) {
	img := base.Config
	user, err := p.User()
	if err != nil {
		return nil, err
	}
	env, err := p.Env(lookup(img.Config.Env, "PATH"))
	if err != nil {
		return nil, err
	}
	img.Config.Env = withEnv(img.Config.Env, env)
	img.Config.User = user.String()
	img.Config.WorkingDir = p.Target.Workdir()
	img.Config.Cmd = p.Command()
	img.Config.Entrypoint = nil
	img.Config.OnBuild = nil // it is for what is built on the base, and not for what is built on this image
	if e := p.Target.Image.Entrypoint; e != nil && len(e.Args) > 0 {
		img.Config.Entrypoint = e.Args
	}
	img.Config.ExposedPorts = maps.Clone(img.Config.ExposedPorts)
	for _, port := range p.Target.Ports() {
		if img.Config.ExposedPorts == nil {
			img.Config.ExposedPorts = map[string]struct{}{}
		}
		img.Config.ExposedPorts[port] = struct{}{}
	}
	img.Config.Labels = labels(p, base, request)
	if s := p.Target.Image.StopSignal.Value; s != "" {
		img.Config.StopSignal = s
	}
	if h := p.Target.Image.Healthcheck; h != nil {
		img.Config.Healthcheck = healthcheck(h)
	}
	created := TimeOf(base.Config, at)
	img.Created = &created
	img.History = history(base.Config, made, created)
	return &img, nil
}

// TimeOf returns the image's creation time: that of the request, else that of the base.
// Without one, the exporter would use its clock, and the same input would make a new image
// every second.
func TimeOf(baseConfig dockerspec.DockerOCIImage, given *time.Time) time.Time {
	switch {
	case given != nil:
		return *given
	case baseConfig.Created != nil:
		return *baseConfig.Created
	}
	return epoch
}

// history returns the base's history, with one line for each layer above it. BuildKit matches
// lines and layers by their order, so layers that the base's history lacks get a line too.
// Every line has a time; otherwise the exporter would use its clock.
func history(base dockerspec.DockerOCIImage, made []string, created time.Time) []ocispecs.History {
	all := slices.Clone(base.History)
	silent := len(base.RootFS.DiffIDs)
	for _, h := range all {
		if !h.EmptyLayer {
			silent--
		}
	}
	for range max(silent, 0) {
		all = append(all, ocispecs.History{CreatedBy: "base image"})
	}
	for _, m := range made {
		all = append(all, ocispecs.History{CreatedBy: m, Comment: "quatrain"})
	}
	for i := range all {
		if all[i].Created == nil {
			all[i].Created = &created
		}
	}
	return all
}

func lookup(env []string, name string) string {
	for _, e := range env {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}

// withEnv replaces in place what the base sets and appends the rest.
func withEnv(env []string, pairs []pyproject.Pair) []string {
	env = slices.Clone(env)
	for _, p := range pairs {
		entry := p.Name + "=" + p.Value
		i := slices.IndexFunc(env, func(e string) bool { return strings.HasPrefix(e, p.Name+"=") })
		if i < 0 {
			env = append(env, entry)
			continue
		}
		env[i] = entry
	}
	return env
}

// healthcheck reads durations that the parser has already checked.
func healthcheck(h *pyproject.Healthcheck) *dockerspec.HealthcheckConfig {
	duration := func(s string) time.Duration {
		d, _ := time.ParseDuration(s)
		return d
	}
	return &dockerspec.HealthcheckConfig{
		Test:        append([]string{"CMD"}, h.Command...),
		Interval:    duration(h.Interval.Value),
		Timeout:     duration(h.Timeout.Value),
		StartPeriod: duration(h.StartPeriod.Value),
		Retries:     h.Retries,
	}
}
