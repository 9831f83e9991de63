package plan

import (
	"slices"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Locations are what the indexes say of a plan's files.
type Locations struct {
	Files  map[string]step.Location // by SHA-256
	ByStep map[Index]bool           // indexes whose files only a step can download
	Pip    Index                    // which of Builder.PipFrom has pip's wheel
}

// Locate returns the finished plan: each package with its file's address and size, and the
// buckets, which follow from the sizes.
func (p *Plan) Locate(found Locations) *Plan {
	located := *p
	located.Packages = slices.Clone(p.Packages)
	for i := range located.Packages {
		located.Packages[i].locate(found)
	}
	if p.Builder != nil {
		builder := *p.Builder
		if len(builder.PipFrom) > 0 {
			builder.Pip.Origin.Index = found.Pip
		}
		builder.Pip.locate(found)
		located.Builder = &builder
	}
	located.Buckets = Buckets(located.Installed())
	return &located
}

func (p *Package) locate(found Locations) {
	file := found.Files[p.SHA256]
	p.URL, p.Size, p.ByStep = file.URL, file.Size, found.ByStep[p.Origin.Index]
}

// Sizes returns the sizes of the plan's files by SHA-256, once it is located.
func (p *Plan) Sizes() map[string]int64 {
	sizes := map[string]int64{}
	for _, pkg := range p.files() {
		if pkg.SHA256 != "" {
			sizes[pkg.SHA256] = pkg.Size
		}
	}
	return sizes
}
