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
	a := assembly{g, p, in}
	layers := a.of(plan.BasePart).userLayers(user)
	if p.Target.Stage != plan.BaseStage {
		layers = append(layers, layer{a.of(plan.BuilderPart).venv(), fmt.Sprintf("virtual environment %s: Python %s", plan.Venv, p.Base.Version)})
		layers = append(layers, a.of(plan.BuilderPart).dependencies()...)
	}
	if len(layers) > 0 {
		layers[0].state = g.remember(layers[0].state, in.Asked)
	}
	if p.Target.Stage == plan.AppStage {
		if layers, err = a.of(plan.ProjectPart).project(layers); err != nil {
			return Image{}, err
		}
		layers = append(layers, a.of(plan.BasePart).homeLayers(user)...)
	}
	image := a.stack(layers)
	if p.Target.RunsTests {
		return a.of(plan.TestPart).test(image)
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
func (a assembly) stack(layers []layer) Image {
	image := Image{History: aptHistory(a.plan.Target)}
	states := []bkllb.State{a.in.Base}
	for _, l := range layers {
		states = append(states, l.state)
		image.History = append(image.History, l.made)
	}
	image.Root = a.merge(states)
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
	a := assembly{g, p, in}.of(plan.BuilderPart)
	for _, l := range a.dependencies() {
		states = append(states, l.state)
	}
	return bkllb.Merge(states, a.named("[internal] dependencies")...)
}

// installed returns the install trees: one for each bucket.
func (a assembly) installed() (trees []bkllb.State) {
	for _, b := range a.plan.Buckets {
		trees = append(trees, a.install(b, a.distributions(b.Packages)))
	}
	return trees
}

// dependencies returns the buckets' layers, then their byte code. The last layer holds the
// files that several packages write, as Poetry's order leaves them, with their byte code.
func (a assembly) dependencies() []layer {
	var installed, compiled []layer
	trees := a.installed()
	for i, b := range a.plan.Buckets {
		installed = append(installed, layer{trees[i], "install " + b.Name + ": " + packageList(b.Packages)})
		if a.plan.Target.Compile {
			compiled = append(compiled, layer{a.compile(b.Name, trees[i]), "byte code of " + b.Name})
		}
	}
	all := append(installed, compiled...)
	if a.in.Overlay != nil {
		all = append(all, layer{a.overlay(), overlaid})
	}
	return all
}

// project adds the project's layers to those below.
func (a assembly) project(below []layer) ([]layer, error) {
	installed := append(slices.Clip(below), a.installation()...)
	all := append(slices.Clip(installed), a.app()...)
	if a.plan.Target.PrepareCommand() == nil {
		return all, nil
	}
	prepared, err := a.prepare(a.stack(installed))
	return append(all, prepared), err
}

// installation returns the layer that makes the project importable.
func (a assembly) installation() []layer {
	var layers []layer
	name := a.plan.Project.Name.Value
	if len(a.in.Installed) > 0 {
		layers = append(layers, layer{a.writeFiles("[project] "+name, a.in.Installed), "install the project: " + name + " " + a.plan.Project.Version.Value})
	}
	if a.plan.Target.InstallRoot && a.plan.Target.AsWheel {
		pkg := a.plan.RootPackage()
		wheel := place{a.build(pkg, place{*a.in.Project, "/"}), "/"}
		bucket := plan.Bucket{Name: "project", Packages: []plan.Package{pkg}}
		tree := a.install(bucket, map[string]place{pkg.Name: wheel})
		layers = append(layers, a.withByteCode("wheel of the project", layer{tree, "install the project: wheel of " + name + " " + a.plan.Project.Version.Value})...)
	}
	return layers
}

// app returns the layer with the project's files, if the image has them. It comes last
// because it changes most.
func (a assembly) app() []layer {
	if a.in.App == nil || !a.plan.CopiesApp() {
		return nil
	}
	return a.withByteCode("project", layer{*a.in.App, "copy the project to " + a.plan.Target.Workdir()})
}

// withByteCode returns the layer of the project's sources and, unless it is turned off, the
// layer of their byte code.
func (a assembly) withByteCode(name string, sources layer) []layer {
	if !a.plan.Target.Compile {
		return []layer{sources}
	}
	return []layer{sources, {a.compileSources(name, sources.state), "byte code of the " + name}}
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
	return g.fixTimes(name, action)
}

// fixTimes gives the folders of written files their fixed time: writing into a
// folder changes it, copying does so last.
func (g *Graph) fixTimes(name string, action *bkllb.FileAction) bkllb.State {
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
func (a assembly) userLayers(u plan.User) []layer {
	if !u.New && u.NewGroup == "" {
		return nil
	}
	at := bkllb.WithCreatedTime(epoch)
	action := bkllb.Mkdir("/etc", 0o755, at)
	if u.New {
		passwd := base.AddAccount(a.plan.Base.Passwd, base.Account{Name: u.Name, UID: u.UID, GID: u.GID, Home: u.Home})
		action = action.Mkfile("/etc/passwd", 0o644, passwd, at)
	}
	if u.NewGroup != "" {
		group := base.AddGroup(a.plan.Base.Group, base.Group{Name: u.NewGroup, GID: u.GID})
		action = action.Mkfile("/etc/group", 0o644, group, at)
	}
	if u.New {
		action = makeHome(action, u)
	}
	return []layer{{a.fixTimes("[user] "+u.Name, action), fmt.Sprintf("user %s (%s)", u.Name, u)}}
}

// homeLayers gives the user its home back if copying the project made it root's.
func (a assembly) homeLayers(u plan.User) []layer {
	if !a.plan.CopiesIntoHome(u) {
		return nil
	}
	return []layer{{a.fixTimes("[user] home of "+u.Name, makeHome(nil, u)), "home of " + u.Name}}
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
