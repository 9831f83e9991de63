package llb

import (
	"path"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// build makes a wheel of a source, on the builder image of the target's platform. It
// returns a folder with the wheel in it.
//
// Steps that download build requirements and steps that run the source's backend take
// turns: the former have a network and logins, the latter run code of packages and have
// neither. A backend may ask for further requirements, so that there are two of each. In
// most builds the first two do all the work.
func (a assembly) build(pkg plan.Package, source place) bkllb.State {
	b := a.newWheelBuild(pkg, source)
	needed := b.requirements("[requirements] "+b.title, nil)
	tried := b.backend("[backend] "+b.title, needed, nil)
	more := b.requirements("[requirements] "+b.title+", asked for by its backend", &tried)
	return b.backend("[build] "+b.title, more, &tried)
}

// wheelBuild is the build of one wheel.
type wheelBuild struct {
	assembly
	pkg    plan.Package
	source place
	pip    place // pip's own wheel
	title  string
	at     string // path of the source in a step
}

func (a assembly) newWheelBuild(pkg plan.Package, source place) wheelBuild {
	return wheelBuild{
		assembly: a, pkg: pkg, source: source, pip: a.file(a.plan.Builder.Pip),
		title: pkg.Name + " " + pkg.Version, at: path.Join(step.Sources, pkg.Name, pkg.File),
	}
}

// requirements downloads what the build needs: what the source names, and, after a first
// try, what is missing. Of a tree it sees pyproject.toml and setup.py alone, so that an edit
// of other files asks no index.
func (b wheelBuild) requirements(name string, tried *bkllb.State) bkllb.State {
	s := step.Requirements{
		Package: b.pkg.Name, Version: b.pkg.Version, Source: b.at, SHA256: b.unverified(), Subdirectory: b.pkg.Origin.Subdirectory,
		Interpreter: b.plan.Base.Interpreter, Pip: b.pipPath(), Out: step.Out,
		Options: requirementOptions(b.plan.Builder, b.pkg),
	}
	source := bkllb.AddMount(b.at, b.source.state, bkllb.Readonly, bkllb.SourcePath(b.source.path))
	if b.pkg.File == "" {
		source = bkllb.AddMount(b.at, b.definition(), bkllb.Readonly)
	}
	opts := append(b.online(), source, b.mountPip())
	if tried != nil {
		s.Tried = step.Tried
		opts = append(opts, bkllb.AddMount(step.Tried, *tried, bkllb.Readonly))
	}
	builder := b.plan.Builder
	opts = append(opts, logins(append(append([]plan.Index{}, builder.Indexes...), builder.More...)...)...)
	return b.run(name, s.Args(), opts)
}

// definition returns a tree with what the source is built by, and nothing else.
func (b wheelBuild) definition() bkllb.State {
	var files []string
	for _, name := range []string{"pyproject.toml", "setup.py"} {
		files = append(files, path.Join(b.pkg.Origin.Subdirectory, name))
	}
	return bkllb.Scratch().File(
		bkllb.Copy(b.source.state, b.source.path, "/", &bkllb.CopyInfo{CopyDirContentsOnly: true, CreatedTime: &epoch, IncludePatterns: files}),
		b.named("[internal] "+files[0]+" of "+b.pkg.Name)...)
}

// backend runs the source's backend with what was downloaded. It has no login and no
// cache, and a network only if the project allows it. The source may be written to:
// backends do that, and what they leave is dropped.
func (b wheelBuild) backend(name string, needed bkllb.State, tried *bkllb.State) bkllb.State {
	s := step.Build{
		Package: b.pkg.Name, Version: b.pkg.Version, Source: b.at, SHA256: b.unverified(), Subdirectory: b.pkg.Origin.Subdirectory,
		Needed: step.Needed, Interpreter: b.plan.Base.Interpreter, Python: b.plan.Base.Version, Pip: b.pipPath(), Out: step.Out,
		Options: step.BuildOptions{Settings: b.pkg.Settings, Network: b.pkg.Network},
	}
	source := []bkllb.MountOption{bkllb.ForceNoOutput}
	if b.pkg.File != "" {
		source = []bkllb.MountOption{bkllb.Readonly, bkllb.SourcePath(b.source.path)}
	}
	opts := []bkllb.RunOption{offline}
	if b.pkg.Network {
		opts = b.online()
	}
	opts = append(opts, bkllb.AddMount(b.at, b.source.state, source...), b.mountPip(), bkllb.AddMount(step.Needed, needed, bkllb.Readonly))
	if tried != nil {
		s.Tried = step.Tried
		opts = append(opts, bkllb.AddMount(step.Tried, *tried, bkllb.Readonly))
	}
	for _, e := range b.plan.Builder.Env {
		opts = append(opts, bkllb.AddEnv(e.Name, e.Value))
	}
	return b.run(name, s.Args(), opts)
}

func (b wheelBuild) run(name string, args []string, opts []bkllb.RunOption) bkllb.State {
	return b.assembly.run(command{
		name: name, args: args, root: b.in.Builder, out: true,
		opts: append(opts, aboutPackage(b.pkg.Name), bkllb.ProgressGroup("quatrain-build-"+b.pkg.Name, "[build] "+b.title, false)),
	})
}

// unverified returns the hash of an sdist in the build context, which no step has checked
// yet.
func (b wheelBuild) unverified() string {
	if b.pkg.Origin.Kind == plan.FromFile {
		return b.pkg.SHA256
	}
	return ""
}

func (b wheelBuild) pipPath() string {
	pip := b.plan.Builder.Pip
	return path.Join(step.Wheels, pip.SHA256, pip.File)
}

func (b wheelBuild) mountPip() bkllb.RunOption {
	return bkllb.AddMount(b.pipPath(), b.pip.state, bkllb.Readonly, bkllb.SourcePath(b.pip.path))
}

func requirementOptions(b *plan.Builder, pkg plan.Package) step.RequirementOptions {
	o := step.RequirementOptions{Constraints: pkg.Constraints}
	for _, i := range b.Indexes {
		o.Indexes = append(o.Indexes, step.Index(i))
	}
	for _, i := range b.More {
		o.More = append(o.More, step.Index(i))
	}
	return o
}
