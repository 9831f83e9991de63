package test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// Provenance of an image in a registry names every file that BuildKit downloaded for it,
// with address and hash; the SBOM beside it is the one that --call sbom answers with.
func TestAttestations(t *testing.T) {
	b, p, ref := bare(t), shop(t), registry(t)+"/"+unique(t)
	b.must(t, p.dir, "docker", "buildx", "build", "--push", "--tag", ref, "--provenance=mode=max", "--sbom=true", ".")
	inspect := func(what string) []byte {
		return []byte(b.must(t, "", "docker", "buildx", "imagetools", "inspect", "--format", "{{json ."+what+"}}", ref))
	}

	var provenance struct {
		SLSA struct {
			BuildDefinition struct {
				ResolvedDependencies []struct {
					URI    string
					Digest map[string]string
				}
			}
		}
	}
	decode(t, inspect("Provenance"), &provenance)
	materials := map[string]string{}
	for _, m := range provenance.SLSA.BuildDefinition.ResolvedDependencies {
		materials[m.URI] = m.Digest["sha256"]
	}
	for _, w := range []pindex.Wheel{alpha, beta} {
		address, want := p.index.URL+"/files/"+w.Filename(), pindex.SHA256(w)
		if got := materials[address]; got != want {
			t.Errorf("%s has the hash %q in the materials, want %s: %v", address, got, want, materials)
		}
	}
	for uri := range materials {
		if strings.Contains(uri, "devtool") {
			t.Errorf("%s is not in the image", uri)
		}
	}

	var attached struct{ SPDX json.RawMessage }
	decode(t, inspect("SBOM"), &attached)
	called := []byte(b.call(t, p.dir, "--call", "sbom,format=json").stdout)
	validate(t, attached.SPDX)
	validate(t, called)
	if one, other := listed(t, attached.SPDX), listed(t, called); one != other {
		t.Errorf("packages of the attestation: %s\nof --call sbom: %s", one, other)
	}
}

// listed are an SBOM's packages.
func listed(t *testing.T, document []byte) string {
	t.Helper()
	var d struct{ Packages any }
	decode(t, document, &d)
	text, err := json.Marshal(d.Packages)
	must(t, err)
	return string(text)
}
