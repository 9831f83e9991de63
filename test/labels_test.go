package test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

const oci = "org.opencontainers.image."

// Labels of the metadata, the settings and the request, in this order; the manifest says
// OCI's as annotations. A client's own annotations are beside them; one with a name of ours
// counts where that label is taken away.
func TestLabels(t *testing.T) {
	p := shop(t)
	p.toml = strings.Replace(plainProject, "[project]\n", `[project]
description = "Sells things"
license = "mit"
urls = { Homepage = "https://shop.example", Repository = "https://git.example/shop" }
`, 1) + fmt.Sprintf("labels = { team = \"one\", %q = \"Corp\", %q = \"Licenses of others\" }\n", oci+"vendor", oci+"licenses")
	p.write(t)
	o := bare(t).buildx(t, request{dir: p.dir, flags: []string{
		"--label", "team=two", "--label", oci + "licenses=MIT AND ISC",
		"--annotation", "manifest:team=three", "--annotation", oci + "revision=c0ffee",
		"--label", oci + "url=", "--annotation", oci + "url=https://client.example",
	}})
	if o.err != nil {
		t.Fatalf("%v\n%s", o.err, o.log)
	}
	labels := o.image.config.Config.Labels
	base := labels[oci+"base.digest"]
	if status := ofManifest(t, "library/python", base); status != http.StatusOK {
		t.Errorf("the base's digest is %q, for which the registry answers %d", base, status)
	}
	said := map[string]string{
		oci + "title": "shop", oci + "version": "1.0.0", oci + "description": "Sells things", oci + "licenses": "MIT AND ISC",
		oci + "source": "https://git.example/shop", oci + "vendor": "Corp",
		oci + "base.name": "docker.io/library/python:3.11-slim", oci + "base.digest": base,
	}
	said["team"] = "two"
	if diff := cmp.Diff(said, labels); diff != "" {
		t.Errorf("labels: %s", diff)
	}
	said["team"], said[oci+"revision"], said[oci+"url"] = "three", "c0ffee", "https://client.example"
	if diff := cmp.Diff(said, o.image.said); diff != "" {
		t.Errorf("annotations: %s", diff)
	}
}

// ofManifest is the registry's status for a manifest or an index.
func ofManifest(t *testing.T, repository, digest string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodHead, "http://"+registry(t)+"/v2/"+repository+"/manifests/"+digest, nil)
	must(t, err)
	req.Header.Add("Accept", ocispecs.MediaTypeImageIndex)
	req.Header.Add("Accept", ocispecs.MediaTypeImageManifest)
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	resp.Body.Close()
	return resp.StatusCode
}
