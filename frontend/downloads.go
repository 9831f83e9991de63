package frontend

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/frontend/explain"
	"github.com/quatrain-build/quatrain/internal/crash"
)

// BuildKit waits for a server for ever: one that stops to send, or sends a byte now and
// then, would hold a build until somebody ends it. The frontend cannot see the bytes, so it
// gives the downloads of a solve a time, and lets the helper download what is late, which
// does see them (decision 2).
const (
	downloadPatience = Patience(time.Minute)
	downloadRate     = 32 << 10 // bytes a second that a line brings at least, for all downloads together
	downloadSize     = 4 << 20  // of a file whose size the index does not say
)

// Patience is how long the builder's own downloads go on before anybody looks after them,
// and the least time that they have after that.
type Patience time.Duration

var errSlowDownload = errors.New("downloads by the builder come too slowly")

// download is a file that BuildKit downloads, as a graph of its own.
type download struct {
	def    *pb.Definition
	sha256 string
}

// solveWatched solves a graph. Errors: errSlowDownload if downloads in it take too long.
func (r *request) solveWatched(ctx context.Context, def *bkllb.Definition, sizes map[string]int64) (gwclient.Reference, error) {
	all := downloadsIn(def)
	if len(all) == 0 || r.inOrder() {
		return r.solveDefinition(ctx, def)
	}
	watched, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := newTask(func() (struct{}, error) {
		return struct{}{}, r.watchDownloads(watched, all, r.patience+timeFor(all, sizes))
	})
	go func() {
		if _, err := watch.wait(); err != nil {
			cancel(err)
		}
	}()
	ref, err := r.solveDefinition(watched, def)
	if cause := context.Cause(watched); err != nil && cause != nil && ctx.Err() == nil {
		return nil, cause
	}
	return ref, err
}

// downloadsIn returns what a graph downloads.
func downloadsIn(def *bkllb.Definition) []download {
	var all []download
	for _, data := range def.Def {
		var op pb.Op
		if op.UnmarshalVT(data) != nil || !explain.IsDownload(&op) {
			continue
		}
		id := digest.FromBytes(data)
		end := pb.Op{Inputs: []*pb.Input{{Digest: id.String()}}}
		last, err := end.MarshalVT()
		if err != nil {
			continue
		}
		metadata := map[string]*pb.OpMetadata{}
		if m, ok := def.ToPB().Metadata[id.String()]; ok {
			metadata[id.String()] = m
		}
		sum := digest.Digest(op.GetSource().Attrs[pb.AttrHTTPChecksum])
		all = append(all, download{&pb.Definition{Def: [][]byte{data, last}, Metadata: metadata}, strings.TrimPrefix(sum.String(), "sha256:")})
	}
	return all
}

// timeFor returns how long downloads take on the slowest line.
func timeFor(all []download, sizes map[string]int64) time.Duration {
	var bytes int64
	for _, d := range all {
		size := sizes[d.sha256]
		if size <= 0 {
			size = downloadSize
		}
		bytes += size
	}
	return time.Duration(bytes/downloadRate) * time.Second
}

// watchDownloads returns errSlowDownload if a solve's downloads are not done in time. To see
// that, it solves each of them: one that is done costs next to nothing, one that is not is
// the same one.
func (r *request) watchDownloads(ctx context.Context, all []download, limit time.Duration) error {
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(r.patience):
	}
	limited, stop := context.WithTimeout(ctx, limit)
	defer stop()
	var wg sync.WaitGroup
	crashes := make([]error, len(all))
	for i, d := range all {
		wg.Go(func() {
			defer crash.Recover(&crashes[i])
			// Whether it fails the watched solve says.
			_, _ = r.client.Solve(limited, gwclient.SolveRequest{Definition: d.def, CacheImports: r.ui.CacheImports, Evaluate: true})
		})
	}
	wg.Wait()
	if errors.Is(limited.Err(), context.DeadlineExceeded) && ctx.Err() == nil {
		return errSlowDownload
	}
	return errors.Join(crashes...)
}
