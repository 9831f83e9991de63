package offline

import (
	"context"
	"io/fs"
	"path"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// reference is the guessed result of a graph, as far as a frontend looks into results.
type reference struct {
	client *Client
	def    *pb.Definition
}

// local returns a path of the gateway in the form of io/fs.
func local(name string) string { return path.Join(".", strings.TrimPrefix(path.Clean("/"+name), "/")) }

// ReadFile follows links, as the gateway's does.
func (r *reference) ReadFile(_ context.Context, req gwclient.ReadRequest) ([]byte, error) {
	data, err := fs.ReadFile(r.tree(), local(req.Filename))
	if err != nil || req.Range == nil {
		return data, err
	}
	data = data[min(req.Range.Offset, len(data)):]
	return data[:min(req.Range.Length, len(data))], nil
}

// ReadDir lists a folder.
func (r *reference) ReadDir(_ context.Context, req gwclient.ReadDirRequest) ([]*fstypes.Stat, error) {
	tree := r.tree()
	entries, err := fs.ReadDir(tree, local(req.Path))
	var all []*fstypes.Stat
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		st := stat(info)
		if info.Mode()&fs.ModeSymlink != 0 {
			if st.Linkname, err = fs.ReadLink(tree, path.Join(local(req.Path), e.Name())); err != nil {
				return nil, err
			}
		}
		all = append(all, st)
	}
	return all, err
}

// StatFile describes a file.
func (r *reference) StatFile(_ context.Context, req gwclient.StatRequest) (*fstypes.Stat, error) {
	info, err := fs.Stat(r.tree(), local(req.Path))
	if err != nil {
		return nil, err
	}
	return stat(info), nil
}

func stat(info fs.FileInfo) *fstypes.Stat {
	return &fstypes.Stat{Path: info.Name(), Mode: uint32(info.Mode()), Size: info.Size()}
}

// ToState returns the reference's definition as a state.
func (r *reference) ToState() (bkllb.State, error) {
	op, err := bkllb.NewDefinitionOp(r.def)
	if err != nil {
		return bkllb.State{}, err
	}
	return bkllb.NewState(op), nil
}

// Evaluate has nothing to do.
func (r *reference) Evaluate(context.Context) error { return nil }
