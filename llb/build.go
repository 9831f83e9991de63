package llb

import (
	"fmt"
	"path"

	"github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// build makes a wheel of a source, on the builder image of the target's platform.
// The output is a folder with the wheel in it. The source may be written to:
// backends do; what they leave is dropped.
func (g *Graph) build(p *plan.Plan, pkg plan.Package, source place, in Inputs) llb.State {
	at := path.Join(step.Sources, pkg.Name)
	s := step.Build{
		Package: pkg.Name, Version: pkg.Version, Source: at, Subdirectory: pkg.Origin.Subdirectory,
		Interpreter: p.Base.Interpreter, Python: p.Base.Version,
		Pip:     path.Join(step.Wheels, p.Builder.Pip.SHA256, p.Builder.Pip.File),
		Options: buildOptions(p.Builder, pkg),
		Out:     step.Out,
	}
	mount := []llb.MountOption{llb.ForceNoOutput}
	if pkg.File != "" {
		s.Source = path.Join(at, pkg.File)
		mount = []llb.MountOption{llb.Readonly, llb.SourcePath(source.path)}
	}
	if pkg.Origin.Kind == plan.FromFile {
		s.SHA256 = pkg.SHA256
	}
	pip := g.pip(p, in)
	opts := append(g.online(),
		llb.AddMount(s.Source, source.state, mount...),
		llb.AddMount(s.Pip, pip.state, llb.Readonly, llb.SourcePath(pip.path)),
		g.cacheDir(step.PipCache, "quatrain-pip"),
		aboutPackage(pkg.Name),
	)
	opts = append(opts, logins(append(append([]plan.Index{}, p.Builder.Indexes...), p.Builder.More...)...)...)
	for _, e := range p.Builder.Env {
		opts = append(opts, llb.AddEnv(e.Name, e.Value))
	}
	return g.run(command{
		name: fmt.Sprintf("[build] %s %s", pkg.Name, pkg.Version),
		args: s.Args(),
		root: in.Builder,
		out:  true,
		opts: opts,
	})
}

// pip is the build front end's own wheel, located and fetched like any other.
func (g *Graph) pip(p *plan.Plan, in Inputs) place {
	pip := p.Builder.Pip
	if len(p.Builder.PipFrom) > 0 {
		pip.Origin.Index = in.PipIndex
	}
	return g.file(pip, in)
}

func buildOptions(b *plan.Builder, pkg plan.Package) step.BuildOptions {
	o := step.BuildOptions{Constraints: pkg.Constraints, Settings: pkg.Settings}
	for _, i := range b.Indexes {
		o.Indexes = append(o.Indexes, step.Index(i))
	}
	for _, i := range b.More {
		o.More = append(o.More, step.Index(i))
	}
	return o
}

// cacheDir is a folder that builds share and no key knows.
func (g *Graph) cacheDir(at, id string) llb.RunOption {
	return llb.AddMount(at, llb.Scratch(), llb.AsPersistentCacheDir(path.Join(g.o.CacheNamespace, id), llb.CacheMountShared))
}
