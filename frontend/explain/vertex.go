package explain

import (
	"errors"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/llb"
)

// Vertex is the vertex that a solve stopped at.
type Vertex struct {
	ID      string // digest; "" if it is not known
	Op      *pb.Op // nil if it is not known
	Package string // that it is about, "" if it is about none
}

// FailedVertex returns the vertex that an error names. It is empty if there is none, and has
// only an id if it is not in the graph.
func FailedVertex(def *bkllb.Definition, err error) (v Vertex) {
	var failed *errdefs.VertexError
	if !errors.As(err, &failed) {
		return v
	}
	v.ID = failed.Digest
	for _, data := range def.Def {
		id := digest.FromBytes(data)
		if id.String() != failed.Digest {
			continue
		}
		var op pb.Op
		if op.UnmarshalVT(data) == nil {
			v.Op = &op
		}
		v.Package = llb.PackageOf(def.Metadata[id].Description)
	}
	return v
}

// IsDownload reports whether the vertex is a file that BuildKit downloads.
func (v Vertex) IsDownload() bool { return IsDownload(v.Op) }

// IsGit reports whether the vertex is a repository that BuildKit fetches.
func (v Vertex) IsGit() bool { return IsGit(v.Op) }

// IsDownload reports whether BuildKit downloads a file in an operation.
func IsDownload(op *pb.Op) bool { return isFrom(op, "http") }

// IsGit reports whether BuildKit fetches a git repository in an operation.
func IsGit(op *pb.Op) bool { return isFrom(op, "git://") }

func isFrom(op *pb.Op, scheme string) bool {
	return strings.HasPrefix(op.GetSource().GetIdentifier(), scheme)
}
