package frontend

import (
	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
)

// partsEndingAt returns the parts of a graph that end with an output of some vertices, most
// of them.
func partsEndingAt(def *bkllb.Definition, most int, isEnd func(*pb.Op) (output int64, ok bool)) (all []*bkllb.Definition) {
	ops := map[digest.Digest]*pb.Op{}
	for _, data := range def.Def {
		var op pb.Op
		if op.UnmarshalVT(data) == nil {
			ops[digest.FromBytes(data)] = &op
		}
	}
	for _, data := range def.Def {
		id := digest.FromBytes(data)
		if output, ok := isEnd(ops[id]); ok && len(all) < most {
			all = append(all, endingAt(def, ops, id, output))
		}
	}
	return all
}

// endingAt returns the part of a graph that one output of a vertex needs.
func endingAt(def *bkllb.Definition, ops map[digest.Digest]*pb.Op, id digest.Digest, output int64) *bkllb.Definition {
	needed := map[digest.Digest]bool{}
	var need func(digest.Digest)
	need = func(id digest.Digest) {
		if !needed[id] {
			needed[id] = true
			for _, in := range ops[id].GetInputs() {
				need(digest.Digest(in.Digest))
			}
		}
	}
	need(id)
	part := &bkllb.Definition{Metadata: map[digest.Digest]bkllb.OpMetadata{}, Constraints: def.Constraints}
	for _, data := range def.Def {
		if id := digest.FromBytes(data); needed[id] {
			part.Def, part.Metadata[id] = append(part.Def, data), def.Metadata[id]
		}
	}
	end := pb.Op{Inputs: []*pb.Input{{Digest: id.String(), Index: output}}}
	if data, err := end.MarshalVT(); err == nil {
		part.Def = append(part.Def, data)
		part.Metadata[digest.FromBytes(data)] = bkllb.OpMetadata{}
	}
	return part
}
