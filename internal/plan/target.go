package plan

import (
	"errors"
	"slices"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Stage says how far a target's image goes.
type Stage int

// The stages, each one more than the one before.
const (
	BaseStage    Stage = iota // the base image, runtime packages, user, environment
	BuilderStage              // and the build packages and the virtual environment
	AppStage                  // the virtual environment and the project
)

// Target is a target with everything that it inherits resolved.
type Target struct {
	Name        string
	Description string
	Lineage     []string // the name, and before it those of the targets that it is from
	Stage       Stage
	BuildTools  bool     // has the packages of [tool.quatrain.build] apt
	Groups      []string // canonical; nil: every group that is not optional
	GroupsAt    source.Range
	lacksGroups bool // some that were named are not defined
	Extras      []source.Text
	Apt         []string // runtime packages
	BuildApt    []string // packages of build steps
	Compile     bool
	InstallRoot bool               // the project itself is installed
	AsWheel     bool               // as a wheel that is built, not from its source folder
	RunsTests   bool               // the command runs in the build, which fails with it
	RunAs       IDs                // numbers of the user, where the request names them
	Prepare     *pyproject.Prepare // what runs when all else is in the image, or nil
	Editable    bool               // path dependencies with develop = true run from their folders
	Image       pyproject.Image
}

// DefaultTarget is built when none is asked for.
const DefaultTarget = "production"

// builtin are the targets that every project has, in the order they are listed.
var builtin = []string{"base", "builder", "production", "development", "test"}

// shortNames are other names of built-in targets, unless the project has a target of that name.
var shortNames = map[string]string{"dev": "development", "prod": "production"}

// TargetNames lists the targets of a project: the built-in ones, then its own in file order.
func TargetNames(c pyproject.Config) []string {
	names := slices.Clone(builtin)
	for _, t := range c.Targets {
		if !slices.Contains(names, t.Name) {
			names = append(names, t.Name)
		}
	}
	return names
}

// ResolveTarget finds a target by its name or short name, with `from` followed and defaults applied.
// Errors: unknown name (with the nearest), a cycle of `from`; groups that are not defined,
// for which the target is there without them.
func ResolveTarget(p *pyproject.Project, name string) (Target, error) {
	if name == "" {
		name = DefaultTarget
	}
	if long := shortNames[name]; long != "" && findTarget(p.Quatrain, name) == nil {
		name = long
	}
	return resolve(p, name, source.Whole(p.File), nil)
}

func resolve(p *pyproject.Project, name string, at source.Range, visited []string) (Target, error) {
	if slices.Contains(visited, name) {
		return Target{}, source.Errorf(at, "target %q inherits from itself", name)
	}
	own := findTarget(p.Quatrain, name)
	t, known := builtinTarget(p, name)
	var errParent error
	switch {
	case own == nil && !known:
		return Target{}, unknownTarget(p, name, at)
	case own == nil:
		return t, nil
	case !known || own.From.Value != "":
		from := own.From
		if from.Value == "" {
			from = source.Text{Value: DefaultTarget, At: own.At}
		}
		parent, err := resolve(p, from.Value, from.At, append(visited, name))
		if parent.Name == "" {
			return Target{}, err
		}
		t, errParent = parent, err
		t.Lineage = append(slices.Clip(parent.Lineage), name)
		t.Name, t.Description = name, "your own, from "+from.Value
	}
	adjust(p, &t, own)
	return t, errors.Join(errParent, checkGroups(p, &t))
}

func findTarget(c pyproject.Config, name string) *pyproject.TargetConfig {
	for i := range c.Targets {
		if c.Targets[i].Name == name {
			return &c.Targets[i]
		}
	}
	return nil
}

func unknownTarget(p *pyproject.Project, name string, at source.Range) error {
	names := TargetNames(p.Quatrain)
	err := source.Errorf(at, "target %q is not defined", name)
	if near := source.Nearest(name, names); near != "" {
		return err.WithHint("Did you mean %q? The targets are: %s.", near, list(names))
	}
	return err.WithHint("The targets are: %s. Add your own as [tool.quatrain.target.%s].", list(names), name)
}

// builtinTarget returns a built-in target as [tool.quatrain] alone defines it.
func builtinTarget(p *pyproject.Project, name string) (Target, bool) {
	c := p.Quatrain
	t := Target{
		Name:        name,
		Lineage:     []string{name},
		Stage:       AppStage,
		Groups:      []string{"main"},
		Extras:      c.Extras,
		Apt:         texts(c.Apt),
		BuildApt:    texts(c.Build.Apt),
		InstallRoot: installsRoot(p),
		AsWheel:     c.Project.Value == "wheel",
		Compile:     c.Compile == nil || *c.Compile,
		Image:       c.Image,
	}
	switch name {
	case "base":
		t.Stage, t.Groups, t.InstallRoot, t.Compile = BaseStage, []string{}, false, false
		t.Description = "the base image with runtime packages, user and environment"
	case "builder":
		t.Stage, t.BuildTools, t.InstallRoot, t.Compile = BuilderStage, true, false, false
		t.Description = "base with build packages and the virtual environment"
	case "test":
		t.Groups, t.BuildTools, t.Compile, t.AsWheel, t.Editable, t.RunsTests = nil, true, false, false, true, true
		t.Description = "runs the tests in the development image; files written to " + Reports + " are the output"
	case "production":
		t.Prepare = c.Prepare
		t.Description = "the main group and the project"
	case "development":
		t.Groups, t.BuildTools, t.Compile, t.AsWheel, t.Editable = nil, true, false, false, true
		t.Description = "all groups that are not optional, and the project, to mount your source over"
	default:
		return Target{}, false
	}
	return t, true
}

func installsRoot(p *pyproject.Project) bool {
	return p.PackageMode && p.Quatrain.Project.Value != "none"
}

// ProjectTable names the table in which `project` decides the form of a target's project.
func ProjectTable(p *pyproject.Project, t Target) string {
	if own := findTarget(p.Quatrain, t.Name); t.Name == DefaultTarget && (own == nil || own.Project.Value == "") {
		return "[tool.quatrain]"
	}
	return "[tool.quatrain.target." + t.Name + "]"
}

// adjust applies a [tool.quatrain.target.NAME] table: a key that is set replaces.
func adjust(p *pyproject.Project, t *Target, own *pyproject.TargetConfig) {
	if own.Groups != nil {
		t.Groups, t.GroupsAt = append([]string{}, texts(own.Groups)...), own.At
		if len(own.Groups) > 0 {
			t.GroupsAt = own.Groups[0].At
		}
	}
	if own.Extras != nil {
		t.Extras = own.Extras
	}
	t.Apt = append(slices.Clone(t.Apt), texts(own.Apt)...)
	if own.Compile != nil {
		t.Compile = *own.Compile
	}
	if own.Project.Value != "" {
		t.InstallRoot = own.Project.Value != "none" && p.PackageMode && t.Stage == AppStage
		t.AsWheel = own.Project.Value == "wheel"
		t.Editable = t.Editable && !t.AsWheel // else the folders are not in the image
	}
	if own.Prepare != nil {
		t.Prepare = own.Prepare
	}
	t.Image = t.Image.Override(own.Image)
}

// checkGroups refuses groups that the project does not have, and takes them out.
func checkGroups(p *pyproject.Project, t *Target) error {
	var names []string
	for _, g := range p.Groups {
		names = append(names, g.Name)
	}
	var errs []error
	for _, g := range t.Groups {
		if slices.Contains(names, g) {
			continue
		}
		err := source.Errorf(t.GroupsAt, "group %q of target %q is not defined", g, t.Name)
		if near := source.Nearest(g, names); near != "" {
			err = err.WithHint("Did you mean %q? The groups are: %s.", near, list(names))
		} else {
			err = err.WithHint("The groups are: %s.", list(names))
		}
		errs = append(errs, err)
	}
	t.lacksGroups = t.lacksGroups || len(errs) > 0
	t.Groups = slices.DeleteFunc(t.Groups, func(g string) bool { return !slices.Contains(names, g) })
	return errors.Join(errs...)
}
