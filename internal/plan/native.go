package plan

import (
	"fmt"
	"strings"

	"github.com/quatrain-build/quatrain/internal/source"
)

// Native is something that runs on the image's own platform: a builder of another one
// has to emulate it. Wheels are unpacked and byte code is made on the builder's.
type Native struct {
	What string // "numpy 2.1.0 is built from its source"
	At   source.Range
	Hint string // how to do without, "" where that is up to the reader
}

// Native returns what must run on the image's platform. If there is nothing, an image for any
// platform needs no emulation.
func (p *Plan) Native() []Native {
	var all []Native
	add := func(at source.Range, hint, format string, args ...any) {
		all = append(all, Native{fmt.Sprintf(format, args...), at, hint})
	}
	whole := source.Whole(p.Project.File)
	if len(p.Target.Apt) > 0 {
		add(whole, "", "apt installs %s", strings.Join(p.Target.Apt, ", "))
	}
	for _, pkg := range p.Packages {
		if pkg.Build {
			add(pkg.At, "a version with a wheel for it needs neither", "%s %s must be built from source", pkg.Name, pkg.Version)
		}
	}
	if p.Target.Stage == AppStage && p.Target.InstallRoot && p.Target.AsWheel {
		add(p.Project.Name.At, "", "the project's wheel is built")
	}
	if argv := p.Target.PrepareCommand(); argv != nil {
		add(p.Target.Prepare.Command.At, "", "%s runs", strings.Join(argv, " "))
	}
	if p.Target.RunsTests {
		add(whole, "", "the tests run")
	}
	return all
}
