// Package llb turns a plan into a BuildKit graph and an image configuration.
//
// It parses nothing and does not talk to a daemon: the base's configuration and the capabilities
// are arguments, and the plan has the addresses of its files.
package llb

import (
	"cmp"
	"slices"
	"time"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// epoch is the time of every file that the graph writes: fixed, so that the same
// input makes the same layer, and late enough for zip (1980).
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Paths of the helper and the certificates in the frontend image.
const (
	HelperInFrontend = "/bin/quatrain-helper"
	bundleInFrontend = "/etc/ssl/certs/ca-certificates.crt"
)

// Options is what the daemon and the request contribute.
type Options struct {
	Frontend       bkllb.State // the frontend image, or a tree that looks like it
	BuildPlatform  ocispecs.Platform
	Merge          bool // the daemon has MergeOp
	ModeStrings    bool // the daemon reads modes such as "go=rX"
	ContentCache   bool // the daemon lets a mount say how its contents count for the key
	CacheNamespace string
	Proxy          *bkllb.ProxyEnv
	CA             *bkllb.State // build context "ca", or nil

	KnownHosts       string            // a known_hosts file for git over SSH
	SSH              map[string]string // host → id of the SSH agent, where not "default"
	GitFetchByCommit bool              // the daemon fetches a single commit

	NoCache  []plan.Part       // what is made again
	Relocate bool              // indexes are asked again where files are
	Network  pb.NetMode        // of the steps that have one
	Run      []bkllb.RunOption // what the request asks of every step: hosts, limits
}

// Graph makes vertices.
type Graph struct {
	o           Options
	constraints []bkllb.ConstraintsOpt // of every vertex
}

// New starts a graph.
func New(o Options) *Graph { return &Graph{o: o} }

// of returns the graph for the vertices of a part.
func (g *Graph) of(part plan.Part) *Graph {
	if !slices.Contains(g.o.NoCache, part) {
		return &Graph{o: g.o}
	}
	return g.withoutCache()
}

// withoutCache returns the graph for vertices that must run again.
func (g *Graph) withoutCache() *Graph {
	return &Graph{o: g.o, constraints: []bkllb.ConstraintsOpt{bkllb.IgnoreCache}}
}

// command is what a helper step needs beyond its arguments.
type command struct {
	name  string
	args  []string
	root  bkllb.State       // scratch unless the step runs on an image
	out   bool              // the step's output is a mount, not its root
	at    string            // where that mount is, step.Out by default
	start *bkllb.State      // what is in it at first, nothing by default
	opts  []bkllb.RunOption // mounts, network
}

// run adds a helper step on the build platform and returns its output.
func (g *Graph) run(c command) bkllb.State {
	opts := []bkllb.RunOption{
		bkllb.Args(append([]string{step.Helper}, c.args...)),
		bkllb.Dir("/"),
		bkllb.Platform(g.o.BuildPlatform),
		bkllb.WithCustomName(c.name),
		// Only the helper's bytes count for the key, not the frontend's digest.
		bkllb.AddMount(step.Helper, g.o.Frontend, bkllb.Readonly, bkllb.SourcePath(HelperInFrontend)),
	}
	opts = append(opts, c.opts...)
	opts = append(opts, g.o.Run...)
	for _, o := range g.constraints {
		opts = append(opts, o)
	}
	exec := c.root.Run(opts...)
	if !c.out {
		return exec.Root()
	}
	start := bkllb.Scratch()
	if c.start != nil {
		start = *c.start
	}
	return exec.AddMount(cmp.Or(c.at, step.Out), start)
}

// alone copies one file out of a tree. BuildKit 0.34 loses the error of a step
// that mounts one tree twice ("releasing already released reference"), and with it
// what the step had to say: no step does.
func (g *Graph) alone(tree bkllb.State, file string) bkllb.State {
	return bkllb.Scratch().File(
		bkllb.Copy(tree, file, file, &bkllb.CopyInfo{CreateDestPath: true, CreatedTime: &epoch}),
		g.named("[internal] "+file)...)
}

// ReportFolder returns the mount in which a failed helper step leaves its report: its output,
// or its root if it has no output. ok is false for any other operation.
func ReportFolder(op *pb.ExecOp) (mount int, ok bool) {
	if args := op.GetMeta().GetArgs(); len(args) == 0 || args[0] != step.Helper {
		return 0, false
	}
	for i, m := range op.GetMounts() {
		if m.GetDest() == "/" {
			mount, ok = i, true
		}
	}
	for i, m := range op.GetMounts() {
		if m.GetDest() == step.Out || m.GetDest() == plan.Reports {
			return i, true
		}
	}
	return mount, ok
}

// BuildsWheel reports whether an operation is the last step of a wheel's build, and which of
// its outputs holds the wheel.
func BuildsWheel(op *pb.ExecOp) (output int64, ok bool) {
	args := op.GetMeta().GetArgs()
	if len(args) == 0 || args[0] != step.Helper {
		return 0, false
	}
	s, err := step.Parse(args[1:])
	if build, ok := s.(step.Build); err != nil || !ok || build.Tried == "" {
		return 0, false
	}
	for _, m := range op.GetMounts() {
		if m.GetDest() == step.Out {
			return m.GetOutput(), true
		}
	}
	return 0, false
}

// online adds what a step needs to use the network: the plain certificates, a company's own,
// and proxies.
func (g *Graph) online() []bkllb.RunOption {
	opts := []bkllb.RunOption{
		bkllb.Network(g.o.Network),
		bkllb.AddMount(step.Bundle, g.alone(g.o.Frontend, bundleInFrontend), bkllb.Readonly, bkllb.SourcePath(bundleInFrontend)),
		bkllb.AddSecret(step.CA, bkllb.SecretID("ca"), bkllb.SecretOptional, bkllb.SecretFileOpt(0, 0, 0o400)),
	}
	if g.o.CA != nil {
		opts = append(opts, bkllb.AddMount(step.CADir, *g.o.CA, bkllb.Readonly))
	}
	if g.o.Proxy != nil {
		opts = append(opts, bkllb.WithProxy(*g.o.Proxy))
	}
	return opts
}

// keyed mounts a tree whose own key says all that is in it: hashing its files once
// more costs seconds, where the daemon can be told not to.
func (g *Graph) keyed(at string, tree bkllb.State) bkllb.RunOption {
	opts := []bkllb.MountOption{bkllb.Readonly}
	if g.o.ContentCache {
		opts = append(opts, bkllb.ContentCache(bkllb.MountContentCacheOff))
	}
	return bkllb.AddMount(at, tree, opts...)
}

var offline = bkllb.Network(bkllb.NetModeNone)
