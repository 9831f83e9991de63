package plan

import (
	"strings"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

// Labels returns what the project's metadata says, under OCI's label names. An image without
// the project's files has none of them.
func (p *Plan) Labels() []pyproject.Pair {
	if p.Target.Stage != AppStage {
		return nil
	}
	m := p.Project.Metadata
	var all []pyproject.Pair
	for _, l := range []pyproject.Pair{
		{Name: ocispecs.AnnotationTitle, Value: p.Project.Name.Value},
		{Name: ocispecs.AnnotationVersion, Value: p.Project.NormalVersion()},
		{Name: ocispecs.AnnotationDescription, Value: p.Project.Summary()},
		{Name: ocispecs.AnnotationLicenses, Value: m.SPDX()},
		{Name: ocispecs.AnnotationAuthors, Value: strings.Join(m.Authors, ", ")},
		{Name: ocispecs.AnnotationURL, Value: address.Public(m.URL("homepage"))},
		{Name: ocispecs.AnnotationSource, Value: address.Public(m.URL("source", "repository", "sourcecode", "github"))},
		{Name: ocispecs.AnnotationDocumentation, Value: address.Public(m.URL("documentation", "docs"))},
	} {
		if l.Value != "" {
			all = append(all, l)
		}
	}
	return all
}
