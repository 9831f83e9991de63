package frontend

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
)

// What the platforms have in common is said without their names, which leaves a client its
// annotations for one of them.
func TestAnnotationsOfPlatforms(t *testing.T) {
	res := gwclient.NewResult()
	for key, value := range map[string]string{
		exptypes.ExporterPlatformsKey: `{"Platforms": [{"ID": "linux/amd64", "Platform": {"os": "linux", "architecture": "amd64"}},
			{"ID": "linux/arm64", "Platform": {"os": "linux", "architecture": "arm64"}}]}`,
		exptypes.ExporterImageConfigKey + "/linux/amd64": `{"config": {"Labels": {"team": "one", "org.opencontainers.image.title": "shop", "org.opencontainers.image.base.digest": "sha256:a"}}}`,
		exptypes.ExporterImageConfigKey + "/linux/arm64": `{"config": {"Labels": {"team": "one", "org.opencontainers.image.title": "shop", "org.opencontainers.image.base.digest": "sha256:b"}}}`,
	} {
		res.AddMeta(key, []byte(value))
	}
	before := maps.Clone(res.Metadata)
	if err := annotate(res); err != nil {
		t.Fatal(err)
	}
	added := map[string]string{}
	for key, value := range res.Metadata {
		if _, ok := before[key]; !ok {
			added[key] = string(value)
		}
	}
	want := map[string]string{
		"annotation-manifest.org.opencontainers.image.title":                    "shop",
		"annotation-manifest.org.opencontainers.image.base.digest":              "sha256:a",
		"annotation-manifest[linux/arm64].org.opencontainers.image.base.digest": "sha256:b",
	}
	if diff := cmp.Diff(want, added); diff != "" {
		t.Error(diff)
	}
}
