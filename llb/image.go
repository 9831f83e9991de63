package llb

import (
	"fmt"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/editable"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Inputs are the trees that an image is assembled from.
type Inputs struct {
	Base      bkllb.State // the image's root with its apt packages, target platform
	BuildBase bkllb.State // the same on the build platform: what compiles
	Builder   bkllb.State // base with the build packages: where wheels are built

	AllByStep    bool                   // a step downloads all files, and BuildKit none
	WholeHistory bool                   // git repositories are fetched whole, not the locked commit alone
	Trees        map[string]bkllb.State // package → its folder, or the folder with its file, of a build context
	Project      *bkllb.State           // the project's folder, what its wheel is built of, or nil
	Overlay      *bkllb.State           // Settle's output, where it has files that have to lie over the layers
	App          *bkllb.State           // App's output, or nil
	Installed    []editable.File        // the project's own installation
	Asked        []bkllb.State          // what the frontend has read: answers that are in no layer
	Env          []string               // the environment of the image, for what runs on it
}

// Image is an image's root, and what made each layer above its base.
type Image struct {
	Root    bkllb.State
	History []string
}

// layer is one layer of an image.
type layer struct {
	state bkllb.State
	made  string // a line of the image's history
}

// Assemble puts an image's root together. Everything that two targets share is
// the same vertex.
func (g *Graph) Assemble(p *plan.Plan, in Inputs) (Image, error) {
	user, err := p.User()
	if err != nil {
		return Image{}, err
	}
	layers := g.of(plan.BasePart).userLayers(p.Base, user)
	if p.Target.Stage != plan.BaseStage {
		layers = append(layers, layer{g.of(plan.BuilderPart).venv(p), fmt.Sprintf("virtual environment %s: Python %s", plan.Venv, p.Base.Version)})
		layers = append(layers, g.of(plan.BuilderPart).dependencies(p, in)...)
	}
	if len(layers) > 0 {
		layers[0].state = g.remember(layers[0].state, in.Asked)
	}
	if p.Target.Stage == plan.AppStage {
		if layers, err = g.of(plan.ProjectPart).project(p, in, layers); err != nil {
			return Image{}, err
		}
		layers = append(layers, g.of(plan.BasePart).homeLayers(p, user)...)
	}
	image := g.stack(p, in, layers)
	if p.Target.RunsTests {
		return g.of(plan.TestPart).test(p, in, image)
	}
	return image, nil
}

// remember makes a layer depend on answers without taking anything of them. A cache is
// exported of what an image is made of: so it has the answers too, and a builder that
// imports it asks neither the base image nor an index nor the trees of the dependencies.
// What is copied of an answer is its key here, and that is nothing: another answer leaves
// the layer as it is.
func (g *Graph) remember(layer bkllb.State, asked []bkllb.State) bkllb.State {
	const nothing = ".quatrain-nothing"
	action := bkllb.Copy(layer, "/", "/", &bkllb.CopyInfo{CopyDirContentsOnly: true, CreatedTime: &epoch})
	for _, answer := range asked {
		action = action.Copy(answer, "/", "/", &bkllb.CopyInfo{CopyDirContentsOnly: true, IncludePatterns: []string{nothing}})
	}
	return bkllb.Scratch().File(action, g.named("[internal] remember the index's answers")...)
}

// stack puts the layers on the base.
func (g *Graph) stack(p *plan.Plan, in Inputs, layers []layer) Image {
	image := Image{History: aptHistory(p.Target)}
	states := []bkllb.State{in.Base}
	for _, l := range layers {
		states = append(states, l.state)
		image.History = append(image.History, l.made)
	}
	image.Root = g.merge(states)
	return image
}

// aptHistory returns a history line for each layer that the apt steps add to the base image.
func aptHistory(t plan.Target) []string {
	var all []string
	if len(t.Apt) > 0 {
		all = append(all, "apt: "+strings.Join(t.Apt, " "))
	}
	if t.BuildTools && len(t.BuildApt) > 0 {
		all = append(all, "apt, to build with: "+strings.Join(t.BuildApt, " "))
	}
	return all
}

// Dependencies returns the merged dependency layers without the image around them, for a
// daemon that has MergeOp.
func (g *Graph) Dependencies(p *plan.Plan, in Inputs) bkllb.State {
	var states []bkllb.State
	g = g.of(plan.BuilderPart)
	for _, l := range g.dependencies(p, in) {
		states = append(states, l.state)
	}
	return bkllb.Merge(states, g.named("[internal] dependencies")...)
}

// installed returns the install trees: one for each bucket.
func (g *Graph) installed(p *plan.Plan, in Inputs) (trees []bkllb.State) {
	for _, b := range p.Buckets {
		trees = append(trees, g.install(p, b, g.distributions(p, b.Packages, in), in))
	}
	return trees
}

// dependencies returns the buckets' layers, then their byte code. The last layer holds the
// files that several packages write, as Poetry's order leaves them, with their byte code.
func (g *Graph) dependencies(p *plan.Plan, in Inputs) []layer {
	var installed, compiled []layer
	trees := g.installed(p, in)
	for i, b := range p.Buckets {
		installed = append(installed, layer{trees[i], "install " + b.Name + ": " + packageList(b.Packages)})
		if p.Target.Compile {
			compiled = append(compiled, layer{g.compile(p, b.Name, in.BuildBase, trees[i]), "byte code of " + b.Name})
		}
	}
	all := append(installed, compiled...)
	if in.Overlay != nil {
		all = append(all, layer{g.overlay(p, in), overlaid})
	}
	return all
}

// project adds the project's layers to those below.
func (g *Graph) project(p *plan.Plan, in Inputs, below []layer) ([]layer, error) {
	installed := append(slices.Clip(below), g.installation(p, in)...)
	all := append(slices.Clip(installed), g.app(p, in)...)
	if p.Target.PrepareCommand() == nil {
		return all, nil
	}
	prepared, err := g.prepare(p, in, g.stack(p, in, installed))
	return append(all, prepared), err
}

// installation returns the layer that makes the project importable.
func (g *Graph) installation(p *plan.Plan, in Inputs) []layer {
	var layers []layer
	name := p.Project.Name.Value
	if len(in.Installed) > 0 {
		layers = append(layers, layer{g.writeFiles("[project] "+name, in.Installed), "install the project: " + name + " " + p.Project.Version.Value})
	}
	if p.Target.InstallRoot && p.Target.AsWheel {
		pkg := p.RootPackage()
		wheel := place{g.build(p, pkg, place{*in.Project, "/"}, in), "/"}
		bucket := plan.Bucket{Name: "project", Packages: []plan.Package{pkg}}
		tree := g.install(p, bucket, map[string]place{pkg.Name: wheel}, in)
		layers = append(layers, g.withByteCode(p, in, "wheel of the project", layer{tree, "install the project: wheel of " + name + " " + p.Project.Version.Value})...)
	}
	return layers
}

// app returns the layer with the project's files, if the image has them. It comes last
// because it changes most.
func (g *Graph) app(p *plan.Plan, in Inputs) []layer {
	if in.App == nil || !p.CopiesApp() {
		return nil
	}
	return g.withByteCode(p, in, "project", layer{*in.App, "copy the project to " + p.Target.Workdir()})
}

// withByteCode returns the layer of the project's sources and, unless it is turned off, the
// layer of their byte code.
func (g *Graph) withByteCode(p *plan.Plan, in Inputs, name string, sources layer) []layer {
	if !p.Target.Compile {
		return []layer{sources}
	}
	return []layer{sources, {g.compileSources(p, name, in.BuildBase, sources.state), "byte code of the " + name}}
}

// App copies the project's files out of a folder of the build context: those that
// its settings select, owned by root, modes and times fixed, so that two checkouts
// make one layer.
func (g *Graph) App(t plan.Target, files plan.Files, context bkllb.State, folder string) bkllb.State {
	g = g.of(plan.ProjectPart)
	dir := t.Workdir()
	info := &bkllb.CopyInfo{
		CopyDirContentsOnly: true, CreateDestPath: true,
		IncludePatterns: files.Include, ExcludePatterns: files.Exclude,
		ChownOpt: root(), CreatedTime: &epoch,
	}
	if g.o.ModeStrings {
		info.Mode = &bkllb.ChmodOpt{ModeStr: "u=rwX,go=rX"}
	}
	name := "[project] copy to " + dir
	action := bkllb.Mkdir(dir, 0o755, bkllb.WithParents(true), bkllb.WithCreatedTime(epoch)).Copy(context, "/"+folder, dir, info)
	if g.o.ModeStrings {
		return bkllb.Scratch().File(action, g.named(name)...)
	}
	return g.whole(name, g.readable(bkllb.Scratch().File(action, g.named("[internal] "+name)...)))
}

// readable gives a tree's files the modes "u=rwX,go=rX" where copies cannot.
func (g *Graph) readable(tree bkllb.State) bkllb.State {
	return g.run(command{
		name:  "[project] modes of the files",
		args:  step.Modes{Out: step.Out}.Args(),
		root:  bkllb.Scratch(),
		out:   true,
		start: &tree,
		opts:  []bkllb.RunOption{offline},
	})
}

// writeFiles returns one vertex that writes files and their parent folders.
func (g *Graph) writeFiles(name string, files []editable.File) bkllb.State {
	var action *bkllb.FileAction
	made := map[string]bool{}
	for _, f := range files {
		for _, d := range parents(f.Path) {
			if !made[d] {
				made[d] = true
				action = mkdir(action, d)
			}
		}
		action = action.Mkfile(f.Path, modeOf(f.Mode), f.Data, bkllb.WithCreatedTime(epoch))
	}
	return g.settle(name, action)
}

// settle gives the folders of written files their fixed time: writing into a
// folder changes it, copying does so last.
func (g *Graph) settle(name string, action *bkllb.FileAction) bkllb.State {
	return g.whole(name, bkllb.Scratch().File(action, g.named("[internal] "+name)...))
}

// whole makes one layer of a tree, all of whose files have their fixed time.
func (g *Graph) whole(name string, tree bkllb.State) bkllb.State {
	return bkllb.Scratch().File(
		bkllb.Copy(tree, "/", "/", &bkllb.CopyInfo{CopyDirContentsOnly: true, CreatedTime: &epoch}),
		g.named(name)...)
}

// userLayers returns what the base image lacks of the user: entries in passwd and
// group, and the home.
func (g *Graph) userLayers(facts base.Facts, u plan.User) []layer {
	if !u.New && u.NewGroup == "" {
		return nil
	}
	at := bkllb.WithCreatedTime(epoch)
	action := bkllb.Mkdir("/etc", 0o755, at)
	if u.New {
		passwd := base.AddAccount(facts.Passwd, base.Account{Name: u.Name, UID: u.UID, GID: u.GID, Home: u.Home})
		action = action.Mkfile("/etc/passwd", 0o644, passwd, at)
	}
	if u.NewGroup != "" {
		group := base.AddGroup(facts.Group, base.Group{Name: u.NewGroup, GID: u.GID})
		action = action.Mkfile("/etc/group", 0o644, group, at)
	}
	if u.New {
		action = makeHome(action, u)
	}
	return []layer{{g.settle("[user] "+u.Name, action), fmt.Sprintf("user %s (%s)", u.Name, u)}}
}

// homeLayers gives the user its home back if copying the project made it root's.
func (g *Graph) homeLayers(p *plan.Plan, u plan.User) []layer {
	if !p.CopiesIntoHome(u) {
		return nil
	}
	return []layer{{g.settle("[user] home of "+u.Name, makeHome(nil, u)), "home of " + u.Name}}
}

func makeHome(action *bkllb.FileAction, u plan.User) *bkllb.FileAction {
	for _, d := range parents(u.Home) {
		action = mkdir(action, d)
	}
	return action.Mkdir(u.Home, 0o755, bkllb.WithCreatedTime(epoch), bkllb.WithUIDGID(u.UID, u.GID))
}

// merge stacks the layers; a daemon without MergeOp gets copies in the same order.
func (g *Graph) merge(layers []bkllb.State) bkllb.State {
	if g.o.Merge {
		return bkllb.Merge(layers, g.named("[image] merge")...)
	}
	image := layers[0]
	for _, l := range layers[1:] {
		image = image.File(bkllb.Copy(l, "/", "/", &bkllb.CopyInfo{CopyDirContentsOnly: true}), g.named("[image] copy")...)
	}
	return image
}

func (g *Graph) named(name string) []bkllb.ConstraintsOpt {
	return append([]bkllb.ConstraintsOpt{bkllb.WithCustomName(name), bkllb.Platform(g.o.BuildPlatform)}, g.constraints...)
}
