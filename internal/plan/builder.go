package plan

import (
	"errors"
	"slices"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Builder is what makes wheels of sources (PEP 517): the front end, and where
// build requirements come from. Poetry takes them from the project's sources,
// newest versions first; they are not in the lock (poetry/utils/isolated_build.py).
type Builder struct {
	Pip     Package // pip's own wheel: a pinned file like any other; of no index where PipFrom says of which
	PipFrom []Index // who may have it, where that is more than one: asked in turn
	Indexes []Index // primary ones: asked first
	More    []Index // supplemental ones: asked too where those have not everything
	Env     []pyproject.Pair
}

// Pip is the build front end: the newest that runs on every Python that is
// supported. It runs in build steps only and is in no image.
var Pip = Package{
	Name: "pip", Version: "26.0.1", File: "pip-26.0.1-py3-none-any.whl",
	SHA256: "bdb1b08f4274833d62c1aa29e20907365a2ceb950410df15fc9521bad440122b",
}

// newBuilder returns what builds need, or nil if no package has to be built.
func newBuilder(in Input, packages []Package) *Builder {
	wheelOfProject := in.Target.Stage == AppStage && in.Target.InstallRoot && in.Target.AsWheel
	if !wheelOfProject && !slices.ContainsFunc(packages, func(p Package) bool { return p.Build }) {
		return nil
	}
	b := &Builder{Pip: Pip, Env: in.Project.Quatrain.Build.Env}
	for _, s := range in.Project.Sources {
		switch {
		case isPrimary(s):
			b.Indexes = append(b.Indexes, indexFrom(in.Project, s))
		case s.Priority != "explicit":
			b.More = append(b.More, indexFrom(in.Project, s))
		}
	}
	if len(b.Indexes) == 0 {
		b.Indexes = []Index{PyPI}
	}
	b.Pip.Origin.Kind = FromIndex
	if from := b.pipFrom(); len(from) > 1 {
		b.PipFrom = from
	} else {
		b.Pip.Origin.Index = from[0]
	}
	return b
}

// pipFrom returns the indexes to download pip from: the project's sources, because a builder
// may reach nothing else, and PyPI, because a company's index may lack pip. Its hash is
// known.
func (b *Builder) pipFrom() []Index {
	from := slices.Concat(b.Indexes, b.More)
	if !slices.ContainsFunc(from, func(i Index) bool { return i.URL == PyPI.URL }) {
		from = append(from, PyPI)
	}
	return from
}

// constraintsOf returns the project's constraints on a package's build requirements, as
// requirements. Errors: a constraint that PEP 440 cannot express.
func constraintsOf(p *pyproject.Project, pkg string) ([]string, error) {
	var all []string
	var errs []error
	for _, c := range p.Constraints {
		if c.Package != pkg {
			continue
		}
		constraint, err := pep440.ParseConstraint(c.Constraint)
		text, ok := constraint.Specifier()
		if err != nil || !ok {
			errs = append(errs, source.Errorf(c.At, "the build constraint %s %q is not a single range of versions", c.Name, c.Constraint).
				WithHint("Write one range, such as \">=60,<70\": pip, which installs build requirements, has no alternatives."))
			continue
		}
		line := c.Name + text
		if c.Marker != "" {
			line += " ; " + c.Marker
		}
		all = append(all, line)
	}
	return all, errors.Join(errs...)
}

// hasNetwork reports whether the project lets the build of a package use the network.
func hasNetwork(p *pyproject.Project, pkg string) bool {
	return slices.ContainsFunc(p.Quatrain.Build.Network, func(t source.Text) bool { return t.Value == pkg })
}

// checkNetwork refuses names of `network` that are no package's: a typing error would show
// only when a build fails.
func checkNetwork(in Input) error {
	names := []string{pep508.CanonicalName(in.Project.Name.Value)}
	for _, pkg := range in.Lock.Packages {
		names = append(names, pkg.Name)
	}
	var errs []error
	for _, t := range in.Project.Quatrain.Build.Network {
		if slices.Contains(names, t.Value) {
			continue
		}
		err := source.Errorf(t.At, "network: %q is not in the lock", t.Value)
		if near := source.Nearest(t.Value, names); near != "" {
			err = err.WithHint("Did you mean %q?", near)
		} else {
			err = err.WithHint("Name locked packages, or the project itself.")
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// RootPackage returns the project itself as a package to build: project = "wheel".
func (p *Plan) RootPackage() Package {
	name := pep508.CanonicalName(p.Project.Name.Value)
	return Package{
		Name: name, Version: p.Project.Version.Value,
		Origin: Origin{Kind: FromDirectory, Path: "."}, Build: true, At: p.Project.Name.At, Network: hasNetwork(p.Project, name),
	}
}

// CopiesApp says whether the project's files go to the workdir: those of a project
// that is installed as a wheel only where `include` names some.
func (p *Plan) CopiesApp() bool {
	return !(p.Target.InstallRoot && p.Target.AsWheel) || len(p.Project.Quatrain.Include) > 0
}
