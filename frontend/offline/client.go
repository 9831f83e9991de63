// Package offline implements BuildKit's gateway client without a daemon, for `quatrain llb`
// and for tests.
//
// It answers from a folder and with guesses, and keeps the graphs that the frontend solves. It
// downloads nothing and runs nothing.
package offline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	capspb "github.com/moby/buildkit/util/apicaps/pb"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/llb"
)

// Client stands in for the daemon. Its answers depend on its fields alone.
type Client struct {
	Dir string // the build context
	// EntryDir is where the entry file is: Dir where it is empty.
	EntryDir string
	Folders  map[string]string // other contexts of this machine, by name
	Opts     map[string]string // what the request asks: target, build-arg:…
	Base     Base              // what base images are taken for
	Logins   []string          // names of the indexes that are asked with a login
	Without  []apicaps.CapID   // capabilities that a current daemon has and this one not

	mu       sync.Mutex
	solved   []*pb.Definition
	warnings []string
	guess    func(image string) (string, bool)
	guesses  map[string]string // image → the Python that it is taken to have
}

var _ gwclient.Client = (*Client)(nil)

// Platform is the platform that the client builds on, whatever the machine.
var Platform = ocispecs.Platform{OS: "linux", Architecture: "amd64"}

// InOrder asks the frontend for one request after the other: their order is part of
// what is printed.
func (c *Client) InOrder() {}

// BuildOpts returns the options of a current daemon, without those that Without names.
func (c *Client) BuildOpts() gwclient.BuildOpts {
	caps := slices.DeleteFunc(pb.Caps.All(), func(x *capspb.APICap) bool {
		return slices.Contains(c.Without, apicaps.CapID(x.ID))
	})
	return gwclient.BuildOpts{
		Opts:    c.Opts,
		Workers: []gwclient.WorkerInfo{{Platforms: []ocispecs.Platform{Platform}}},
		LLBCaps: pb.Caps.CapSet(caps),
		Caps:    gwpb.Caps.CapSet(gwpb.Caps.All()),
	}
}

// CurrentFrontend returns a reference to the frontend's image.
func (c *Client) CurrentFrontend() (*bkllb.State, error) {
	st := bkllb.Image("docker.io/quatrain/poetry:1", bkllb.Platform(Platform))
	return &st, nil
}

// isContext tells whether a git source is the build context.
func (c *Client) isContext(id string) bool {
	repository, ok := strings.CutPrefix(id, "git://")
	repository, _, _ = strings.Cut(repository, "#")
	return ok && strings.Contains(c.Opts["context"], repository)
}

// Solve keeps the graph and answers with a guess of its result.
func (c *Client) Solve(_ context.Context, req gwclient.SolveRequest) (*gwclient.Result, error) {
	if req.Definition == nil {
		return nil, errors.New("a request for another frontend needs a daemon")
	}
	c.mu.Lock()
	c.solved = append(c.solved, req.Definition)
	c.mu.Unlock()
	res := gwclient.NewResult()
	res.SetRef(&reference{client: c, def: req.Definition})
	return res, nil
}

// Definitions returns the graphs that were solved. The intermediate ones come first, ordered
// by name and text because platforms are built at the same time; then the results, ordered by
// platform.
func (c *Client) Definitions(res *gwclient.Result) []*pb.Definition {
	var results []*pb.Definition
	add := func(r gwclient.Reference) {
		if own, ok := r.(*reference); ok {
			results = append(results, own.def)
		}
	}
	add(res.Ref)
	for _, name := range slices.Sorted(maps.Keys(res.Refs)) {
		add(res.Refs[name])
	}
	onTheWay := slices.DeleteFunc(slices.Clone(c.solved), func(d *pb.Definition) bool { return slices.Contains(results, d) })
	slices.SortStableFunc(onTheWay, func(a, b *pb.Definition) int {
		return cmp.Or(strings.Compare(headName(a), headName(b)), strings.Compare(text(a), text(b)))
	})
	return append(onTheWay, results...)
}

func text(d *pb.Definition) string {
	var b strings.Builder
	if err := llb.Print(&b, d); err != nil {
		return ""
	}
	return b.String()
}

// Warnings returns the texts of the warnings.
func (c *Client) Warnings() []string { return c.warnings }

// Warn keeps a warning.
func (c *Client) Warn(_ context.Context, _ digest.Digest, msg string, _ gwclient.WarnOpts) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.warnings = append(c.warnings, msg)
	return nil
}

// ResolveImageConfig gives every image the configuration that Base describes. The
// digest stays unknown.
func (c *Client) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := dockerspec.DockerOCIImage{}
	config.Platform = Platform
	if o := opt.ImageOpt; o != nil && o.Platform != nil {
		config.Platform = *o.Platform
	}
	config.Config.Env = c.env(ref)
	data, err := json.Marshal(config)
	return ref, "", data, err
}

// ResolveSourceMetadata always fails: only a network knows the answer.
func (c *Client) ResolveSourceMetadata(context.Context, *pb.SourceOp, sourceresolver.Opt) (*sourceresolver.MetaResponse, error) {
	return nil, errNoDaemon
}

// Inputs returns no inputs.
func (c *Client) Inputs(context.Context) (map[string]bkllb.State, error) { return nil, nil }

// NewContainer always fails.
func (c *Client) NewContainer(context.Context, gwclient.NewContainerRequest) (gwclient.Container, error) {
	return nil, errNoDaemon
}

var errNoDaemon = errors.New("this needs a daemon")
