package frontend

import (
	"encoding/json"

	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/llb"
)

// annotate gives the manifests what their images' labels say under OCI's names: for a
// platform by name only where it differs, so that a client's own annotations for one
// platform win. An index gets none: BuildKit fails where an exporter makes no index, or one
// of Docker's kind.
func annotate(res *gwclient.Result) error {
	all, err := exptypes.ParsePlatforms(res.Metadata)
	if err != nil {
		return err
	}
	for _, p := range all.Platforms {
		var image dockerspec.DockerOCIImage
		if err := json.Unmarshal(exptypes.ParseKey(res.Metadata, exptypes.ExporterImageConfigKey, &p), &image); err != nil {
			return err
		}
		for name, value := range llb.Annotations(image.Config.Labels) {
			key := exptypes.AnnotationManifestKey(nil, name)
			if said, ok := res.Metadata[key]; ok && string(said) != value {
				key = exptypes.AnnotationManifestKey(&p.Platform, name)
			}
			res.AddMeta(key, []byte(value))
		}
	}
	return nil
}
