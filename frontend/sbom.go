package frontend

import (
	"context"
	"encoding/json"
	"fmt"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/frontend/subrequests"
	"github.com/moby/buildkit/solver/result"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/crash"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/sbom"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// requestSBOM is `--call sbom`: the SPDX document of the target, without a build.
const requestSBOM = "frontend.sbom"

var subrequestSBOM = subrequests.Request{
	Name: requestSBOM, Version: "1.0.0", Type: subrequests.TypeRPC,
	Description: "SPDX document of the target's image",
	Metadata:    []subrequests.Named{{Name: "result.json"}, {Name: "result.txt"}},
}

const sbomFile = "/sbom.spdx.json"

// sbom returns the SBOM of one platform's image.
func (r *request) sbom(ctx context.Context, p *plan.Plan, image *baseImage) ([]byte, error) {
	ref, err := r.solve(ctx, image.state)
	if err != nil {
		return nil, err
	}
	installed, err := base.ReadInstalled(newRefFS(ctx, ref))
	if err != nil {
		return nil, source.Errorf(r.project.Quatrain.Base.At, "%v", err).
			WithHint("An SBOM lists the base image's packages. Use another base image, or build without an SBOM.")
	}
	return sbom.Document(p, installed, llb.TimeOf(image.base.Config, r.epoch)) // as the image: no clock
}

// keepSBOM makes the document of a platform where one was asked for.
func (r *request) keepSBOM(ctx context.Context, platform ocispecs.Platform, p *plan.Plan, image *baseImage) error {
	if r.ui.SBOM == nil {
		return nil
	}
	document, err := r.sbom(ctx, p, image)
	if err != nil {
		return err
	}
	r.sboms.Store(platformID(platform), document)
	return nil
}

// attachSBOMs attaches what keepSBOM made as attestations. With one of them in the
// result, the daemon runs no scanner.
func (r *request) attachSBOMs(ctx context.Context, rb *dockerui.ResultBuilder) error {
	if r.ui.SBOM == nil {
		return nil
	}
	return rb.EachPlatform(ctx, func(ctx context.Context, id string, platform ocispecs.Platform) (err error) {
		defer crash.Recover(&err)
		document, ok := r.sboms.Load(platformID(platform))
		if !ok {
			return fmt.Errorf("no SBOM for %s", id)
		}
		ref, err := r.solve(ctx, bkllb.Scratch().File(bkllb.Mkfile(sbomFile, 0o644, document.([]byte)), dockerui.WithInternalName("SBOM")))
		if err != nil {
			return err
		}
		rb.AddAttestation(id, gwclient.Attestation{
			Kind: gwpb.AttestationKind_InToto,
			Ref:  ref,
			Path: sbomFile,
			InToto: result.InTotoAttestation{
				PredicateType: sbom.PredicateType,
				Subjects:      []result.InTotoSubject{{Kind: gwpb.InTotoSubjectKind_Self}},
			},
			Metadata: map[string][]byte{
				result.AttestationReasonKey: []byte(result.AttestationReasonSBOM),
				result.AttestationSBOMCore:  []byte("sbom"),
			},
		})
		return nil
	})
}

// answerSBOM answers requestSBOM: with the document of a single platform, or with an object
// of one document per platform.
func (r *request) answerSBOM(ctx context.Context, target plan.Target) (*gwclient.Result, error) {
	platforms := r.targetPlatforms()
	documents := map[string]json.RawMessage{}
	for _, platform := range platforms {
		graph, err := r.newGraph(ctx, target, false)
		if err != nil {
			return nil, err
		}
		image, _, p, err := r.planPlatform(ctx, graph, target, platform, nil)
		if err != nil {
			return nil, err
		}
		if documents[platformID(platform)], err = r.sbom(ctx, p, image); err != nil {
			return nil, err
		}
	}
	var answer any = documents
	if len(platforms) == 1 {
		answer = documents[platformID(platforms[0])]
	}
	text, err := json.MarshalIndent(answer, "", " ")
	if err != nil {
		return nil, err
	}
	res := gwclient.NewResult()
	res.AddMeta("result.json", text)
	res.AddMeta("result.txt", append(text, '\n'))
	res.AddMeta("version", []byte(subrequestSBOM.Version))
	return res, nil
}
