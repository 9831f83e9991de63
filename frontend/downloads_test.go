package frontend

import (
	"context"
	"testing"
	"time"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/frontend/offline"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/llb"
)

// builder is a daemon whose downloads hang, or whose other work takes long.
type builder struct {
	gwclient.Client
	hangs bool          // downloads
	works chan struct{} // other work ends when it is closed
	asked chan string   // what downloads alone were asked for
}

func (b *builder) BuildOpts() gwclient.BuildOpts { return (&offline.Client{}).BuildOpts() }

func (b *builder) Solve(ctx context.Context, req gwclient.SolveRequest) (*gwclient.Result, error) {
	downloads, alone := 0, len(req.Definition.Def) == 2
	for _, data := range req.Definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(data); err != nil {
			return nil, err
		}
		if op.GetSource() != nil {
			downloads++
			if alone {
				b.asked <- op.GetSource().Identifier
			}
		}
	}
	if downloads > 0 && b.hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if downloads > 0 && !alone {
		select {
		case <-b.works:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return gwclient.NewResult(), nil
}

func graphOf(urls ...string) bkllb.State {
	var all []bkllb.State
	for _, u := range urls {
		all = append(all, bkllb.HTTP(u, bkllb.Checksum(digest.FromString(u))))
	}
	return bkllb.Merge(all)
}

// Downloads of the builder that hang are left to the helper; other work may take its time.
func TestSlowDownloads(t *testing.T) {
	for _, hangs := range []bool{true, false} {
		b := &builder{hangs: hangs, works: make(chan struct{}), asked: make(chan string, 4)}
		r := &request{reads: &strictClient{}, client: b, ui: &dockerui.Client{}, patience: 10 * time.Millisecond}
		p := &plan.Plan{}
		for _, u := range []string{"http://x.invalid/a", "http://x.invalid/b"} {
			p.Packages = append(p.Packages, plan.Package{SHA256: digest.FromString(u).Encoded(), Size: 1})
		}
		in := &llb.Inputs{}
		if !hangs {
			go func() { // when both were seen to be done, and long after
				<-b.asked
				<-b.asked
				time.AfterFunc(50*time.Millisecond, func() { close(b.works) })
			}()
		}
		_, err := r.solveAnyWay(t.Context(), p, in, func() (bkllb.State, error) {
			if in.AllByStep {
				return bkllb.Scratch().File(bkllb.Mkdir("/by-step", 0o755)), nil
			}
			return graphOf("http://x.invalid/a", "http://x.invalid/b"), nil
		})
		if err != nil || in.AllByStep != hangs {
			t.Errorf("hangs %v: left to the helper: %v, %v", hangs, in.AllByStep, err)
		}
	}
}

// The time for downloads follows from their sizes.
func TestTimeForDownloads(t *testing.T) {
	all := []download{{sha256: "a"}, {sha256: "b"}, {sha256: "c"}}
	got := timeFor(all, map[string]int64{"a": 100 * downloadRate, "b": 28 * downloadRate})
	if want := 256 * time.Second; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
