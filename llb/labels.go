package llb

import (
	"maps"
	"strings"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/plan"
)

// ociLabels is how the names begin that OCI has for what an image says of itself.
const ociLabels = "org.opencontainers.image."

// labels are the image's: the project's metadata and the base below the settings, the
// request above them. What the base says of itself under OCI's names is not said of this
// image; its other labels stay. An empty value takes one of OCI's names away.
func labels(p *plan.Plan, base Base, request map[string]string) map[string]string {
	all := map[string]string{}
	for name, value := range base.Config.Config.Labels {
		if !strings.HasPrefix(name, ociLabels) {
			all[name] = value
		}
	}
	if base.Name != "" {
		all[ocispecs.AnnotationBaseImageName] = base.Name
	}
	if base.Digest != "" {
		all[ocispecs.AnnotationBaseImageDigest] = base.Digest.String()
	}
	for _, l := range append(p.Labels(), p.Target.Image.Labels...) {
		all[l.Name] = l.Value
	}
	maps.Copy(all, request)
	maps.DeleteFunc(all, func(name, value string) bool { return value == "" && strings.HasPrefix(name, ociLabels) })
	if len(all) == 0 {
		return nil
	}
	return all
}

// Annotations are the labels that OCI has the same names for on manifests and indexes.
func Annotations(labels map[string]string) map[string]string {
	all := map[string]string{}
	for name, value := range labels {
		if strings.HasPrefix(name, ociLabels) {
			all[name] = value
		}
	}
	return all
}
