package llb

import (
	"maps"
	"strings"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/plan"
)

// ociLabels is how the names begin that OCI has for what an image says of itself.
const ociLabels = "org.opencontainers.image."

// labels returns the image's labels: the project's metadata and the base below the settings,
// the request above them. The base's own OCI labels describe the base, not this image, and
// are dropped; its other labels stay. An empty value removes one of OCI's labels.
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

// Annotations returns the labels that OCI also defines as annotations of manifests and
// indexes.
func Annotations(labels map[string]string) map[string]string {
	all := map[string]string{}
	for name, value := range labels {
		if strings.HasPrefix(name, ociLabels) {
			all[name] = value
		}
	}
	return all
}
