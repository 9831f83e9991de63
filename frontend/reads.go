package frontend

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
	"sync"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/quatrain-build/quatrain/internal/source"
)

// readFile reads a file of a build result. It returns nil if there is none, and an error
// if there is one that cannot be read.
func readFile(tree *refFS, name string) (*source.File, error) {
	data, err := tree.ReadFile(inTree(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, cannotRead(name, err)
	}
	return &source.File{Name: name, Data: data}, nil
}

// inTree returns a path of the gateway as one of io/fs.
func inTree(name string) string { return cmp.Or(path.Clean("/" + name)[1:], ".") }

// cannotRead says that a file is there and cannot be read.
func cannotRead(name string, err error) error {
	if errors.Is(err, errTooLarge) {
		return source.Errorf(source.Range{}, "%s is larger than %d MiB, the limit for a file", name, maxFile>>20).
			WithHint("Check that this is the right file.")
	}
	if canceled(err) {
		return err
	}
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		err = at.Err
	}
	return source.Errorf(source.Range{}, "cannot read %s: %v", name, err)
}

// strictClient is the gateway client that dockerui reads files through. dockerui takes an
// ignore file that it cannot read for one that is not there, and the build would go on with
// files that it must not have. So strictClient remembers what failed, and the request
// ends with it (solveDefinition).
type strictClient struct {
	gwclient.Client

	mu      sync.Mutex
	failure error
}

// failed returns the first failure to read a file.
func (c *strictClient) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failure
}

// Solve solves as the client does, and returns results whose files are read strictly.
func (c *strictClient) Solve(ctx context.Context, req gwclient.SolveRequest) (*gwclient.Result, error) {
	res, err := c.Client.Solve(ctx, req)
	if err != nil || res.Ref == nil {
		return res, err
	}
	res.Ref = &strictReference{res.Ref, c}
	return res, nil
}

type strictReference struct {
	gwclient.Reference
	client *strictClient
}

// StatFile has nothing to say: dockerui leaves the limit of a file's size to the reading then.
func (r *strictReference) StatFile(context.Context, gwclient.StatRequest) (*fstypes.Stat, error) {
	return nil, errors.ErrUnsupported
}

// ReadFile reads a whole file, or the start of one. Its error is fs.ErrNotExist if there is
// no such file, and only then.
func (r *strictReference) ReadFile(ctx context.Context, req gwclient.ReadRequest) ([]byte, error) {
	if req.Range != nil && req.Range.Length <= maxPiece {
		return r.Reference.ReadFile(ctx, req) // a look at what kind of file it is
	}
	data, err := newRefFS(ctx, r.Reference).ReadFile(inTree(req.Filename))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		err = cannotRead(strings.TrimPrefix(req.Filename, "/"), err)
		r.client.mu.Lock()
		defer r.client.mu.Unlock()
		if r.client.failure == nil {
			r.client.failure = err
		}
	}
	return data, err
}
