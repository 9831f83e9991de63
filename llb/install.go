package llb

import (
	"fmt"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// install unpacks the wheels of a bucket on a scratch root: no base image, no
// project file and no platform is part of the key. Wheels that only a step can download
// it fetches itself: steps of their own would copy each file twice, and caches would have
// them.
func (a assembly) install(b plan.Bucket, there map[string]place) bkllb.State {
	s := step.Install{Python: a.plan.PythonDir(), Venv: plan.Venv, Out: step.Out}
	var mounts []bkllb.RunOption
	var missing []plan.Package
	for _, pkg := range b.Packages {
		wheel := a.wheelOf(pkg)
		s.Wheels = append(s.Wheels, wheel)
		if at, ok := there[pkg.Name]; ok {
			mounts = append(mounts, bkllb.AddMount(wheel.Path, at.state, bkllb.Readonly, bkllb.SourcePath(at.path)))
		} else {
			missing = append(missing, pkg)
		}
	}
	var do step.Step = s
	network := []bkllb.RunOption{offline}
	if len(missing) > 0 {
		first, online := a.fetches(missing)
		do, network = append(first, s), online
	}
	return a.run(command{
		name: fmt.Sprintf("[install %s] %s", b.Name, names(b.Packages)),
		args: do.Args(),
		root: bkllb.Scratch(),
		out:  true,
		opts: append(mounts, network...),
	})
}

// compile writes the byte code of installed packages, a tree that will be at "/". It
// runs on the build platform's variant of the base: byte code does not depend on the
// platform. Nobody changes an installed package: its source is not looked at again.
func (a assembly) compile(name string, tree bkllb.State) bkllb.State {
	return a.compileTree(name, step.UncheckedHash, a.keyed(compiled, tree))
}

// compileSources does so for the project's own modules: of their tree only Python sources
// count, so that an edit of any other file compiles nothing. A source that is changed in
// the image, or mounted over, is the one that runs (decision 33).
func (a assembly) compileSources(name string, tree bkllb.State) bkllb.State {
	sources := bkllb.Scratch().File(
		bkllb.Copy(tree, "/", "/", &bkllb.CopyInfo{CopyDirContentsOnly: true, IncludePatterns: []string{"**/*.py"}}),
		a.named("[internal] Python sources of the "+name)...)
	return a.compileTree(name, step.CheckedHash, bkllb.AddMount(compiled, sources, bkllb.Readonly))
}

// compiled is where the tree stands that is compiled.
const compiled = "/.quatrain/in"

func (a assembly) compileTree(name, kind string, tree bkllb.RunOption) bkllb.State {
	s := step.Compile{Interpreter: a.plan.Base.Interpreter, Kind: kind, In: compiled, Out: step.Out}
	return a.run(command{
		name: "[compile] " + name,
		args: s.Args(),
		root: a.in.BuildBase,
		out:  true,
		opts: []bkllb.RunOption{offline, tree},
	})
}

// venv returns the skeleton of the virtual environment.
func (a assembly) venv() bkllb.State {
	s := step.Venv{
		Python: a.plan.PythonDir(), Version: a.plan.Base.Version, Interpreter: a.plan.Base.Interpreter,
		Venv: plan.Venv, Out: step.Out,
	}
	return a.run(command{
		name: "[venv] Python " + a.plan.Base.Version,
		args: s.Args(),
		root: bkllb.Scratch(),
		out:  true,
		opts: []bkllb.RunOption{offline},
	})
}

// Apt installs Debian packages that the image has on a root. No lock is part of the key.
func (g *Graph) Apt(root bkllb.State, packages []string) bkllb.State {
	return g.of(plan.BasePart).apt(root, packages)
}

// BuildApt installs those that builds take.
func (g *Graph) BuildApt(root bkllb.State, packages []string) bkllb.State {
	return g.of(plan.BuilderPart).apt(root, packages)
}

func (g *Graph) apt(root bkllb.State, packages []string) bkllb.State {
	if len(packages) == 0 {
		return root
	}
	s := step.Apt{Packages: packages}
	return g.run(command{
		name: "[apt] " + strings.Join(packages, " "),
		args: s.Args(),
		root: root,
		opts: g.online(),
	})
}

func names(packages []plan.Package) string {
	var all []string
	for _, p := range packages {
		all = append(all, p.Name)
	}
	return strings.Join(all, ", ")
}

// packageList says for the image's history what is in a bucket.
func packageList(packages []plan.Package) string {
	var all []string
	for _, p := range packages {
		all = append(all, p.Name+" "+p.Version)
	}
	text := strings.Join(all, ", ")
	if len(all) > 1 {
		text += fmt.Sprintf(" (%d packages)", len(all))
	}
	return text
}
