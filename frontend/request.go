package frontend

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/containerd/platforms"
	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/poetrytoml"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// Build arguments that mean something to this frontend.
const (
	argPython     = "PYTHON_VERSION"
	argProjectDir = "project-dir"
	argEpoch      = "SOURCE_DATE_EPOCH"
	argUID        = "UID"
	argGID        = "GID"
)

// knownArgs are the build arguments that warrant no warning; those that start
// with BUILDKIT_ are BuildKit's.
var knownArgs = []string{
	argPython, argProjectDir, argEpoch, argUID, argGID,
	"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy",
	"NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy",
}

// request is one build: what was asked, what was read, what was parsed.
type request struct {
	client gwclient.Client
	reads  *strictClient // what ui reads through
	ui     *dockerui.Client
	epoch  *time.Time
	dir    string // the project's folder in the context, "" for its root

	stub          *source.File     // the entry file, when it is not pyproject.toml itself
	overrides     pyproject.Config // of the stub
	stubError     error            // what is wrong with it
	files         map[string]*source.File
	pythonVersion source.Text // the version that .python-version asks for, if it counts
	environments  []string    // folders of the project that are virtual environments
	entry         *dockerui.Source

	project    *pyproject.Project
	knownHosts []byte
	lock       *lockfile.Lock
	settings   poetrytoml.Settings
	warnings   []*source.Error // of the files
	shown      warnings
	budget     *selection.Budget           // of all plans
	python     func() (plan.Python, error) // which Python this build uses: one for all its platforms

	patience time.Duration // with the builder's downloads

	sessions atomic.Int32 // see reportedElsewhere
	reports  sync.Map     // digest of a failed vertex → func() []step.Problem
	sboms    sync.Map     // platform → []byte, of the platforms that are done
}

func newRequest(c gwclient.Client) (*request, error) {
	if err := checkDaemon(c.BuildOpts()); err != nil {
		return nil, err
	}
	reads := &strictClient{Client: c}
	ui, err := dockerui.NewClient(reads)
	if err != nil {
		return nil, err
	}
	r := &request{client: c, reads: reads, ui: ui, dir: folder(ui.BuildArgs[argProjectDir]), budget: selection.NewBudget(), files: map[string]*source.File{}}
	r.python = sync.OnceValues(r.choosePython)
	if v := ui.BuildArgs[argProjectDir]; v != "" && !filepath.IsLocal(v) {
		return nil, source.Errorf(source.Range{}, "build argument %s=%q is not a folder in the build context", argProjectDir, v).
			WithHint("Write it relative to the context, as \"services/shop\".")
	}
	if v := ui.BuildArgs[argEpoch]; v != "" {
		if r.epoch, err = parseEpoch(v); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// maxEpoch is the last second of the year 9999: an image's time has four digits for it.
const maxEpoch = 253402300799

func parseEpoch(v string) (*time.Time, error) {
	seconds, err := strconv.ParseInt(v, 10, 64)
	if errors.Is(err, strconv.ErrSyntax) {
		return nil, source.Errorf(source.Range{}, "build argument %s=%q is not a number of seconds", argEpoch, v)
	}
	if err != nil || seconds < 0 || seconds > maxEpoch {
		return nil, source.Errorf(source.Range{}, "build argument %s=%s is not between 0 and %d (seconds since 1970)", argEpoch, v, int64(maxEpoch))
	}
	t := time.Unix(seconds, 0).UTC()
	return &t, nil
}

// floor is the oldest builder that will do: the first that leaves nothing of a step's
// mounts in the image, and that can be told the image's time. Only the latter is listed
// among its capabilities.
const (
	floor           = "BuildKit 0.11 or Docker 24"
	floorCapability = pb.CapSourceDateEpoch
)

func checkDaemon(o gwclient.BuildOpts) error {
	if o.LLBCaps.Supports(floorCapability) == nil {
		return nil
	}
	return fmt.Errorf("this builder is too old: Quatrain needs %s or newer (`docker buildx ls` shows what is in use)", floor)
}

// platform returns the platform of one result: the requested one, else the build platform.
func (r *request) platform(asked *ocispecs.Platform) ocispecs.Platform {
	if asked != nil {
		return *asked
	}
	return r.buildPlatformSpec()
}

func (r *request) buildPlatformSpec() ocispecs.Platform {
	if len(r.ui.BuildPlatforms) > 0 {
		return r.ui.BuildPlatforms[0]
	}
	return platforms.DefaultSpec()
}

// newGraph returns a graph with what daemon and request contribute. relocate says that
// indexes are asked again where files are.
func (r *request) newGraph(ctx context.Context, target plan.Target, relocate bool) (*llb.Graph, error) {
	self, err := r.self(ctx)
	if err != nil {
		return nil, err
	}
	caps := r.client.BuildOpts().LLBCaps
	o := llb.Options{
		Frontend:       *self,
		BuildPlatform:  r.buildPlatformSpec(),
		Merge:          caps.Supports(pb.CapMergeOp) == nil,
		ModeStrings:    readsModeStrings(caps),
		ContentCache:   caps.Supports(pb.CapExecMountContentCache) == nil,
		CacheNamespace: r.ui.CacheIDNamespace,
		Proxy:          r.proxy(),
		Network:        r.ui.NetworkMode,
		Run:            r.runOptions(),
		NoCache:        target.WithoutCache(r.ui.IsNoCache),
		Relocate:       relocate,

		KnownHosts:       string(r.knownHosts),
		SSH:              r.sshIDs(),
		GitFetchByCommit: caps.Supports(pb.CapSourceGitFetchByCommit) == nil && caps.Supports(pb.CapSourceGitChecksum) == nil,
	}
	if ca, err := r.namedContext(ctx, "ca"); err != nil {
		return nil, err
	} else if ca != nil {
		o.CA = ca
	}
	return llb.New(o), nil
}

// runOptions returns the options that docker build's --add-host, --ulimit, --shm-size and
// --cgroup-parent set for every step.
func (r *request) runOptions() []bkllb.RunOption {
	var opts []bkllb.RunOption
	for _, h := range r.ui.ExtraHosts {
		opts = append(opts, bkllb.AddExtraHost(h.Host, h.IP))
	}
	for _, u := range r.ui.Ulimits {
		opts = append(opts, bkllb.AddUlimit(bkllb.UlimitName(u.Name), u.Soft, u.Hard))
	}
	if r.ui.ShmSize > 0 {
		opts = append(opts, bkllb.AddMount("/dev/shm", bkllb.Scratch(), bkllb.Tmpfs(bkllb.TmpfsSize(r.ui.ShmSize))))
	}
	if r.ui.CgroupParent != "" {
		opts = append(opts, bkllb.WithCgroupParent(r.ui.CgroupParent))
	}
	return opts
}

// readsModeStrings tells whether copies understand modes such as "go=rX". No daemon
// lists the capability for it (file.copy.modestring), and an older one would take it
// for mode 0. BuildKit 0.20 has it, and is known by the devices that it lists.
func readsModeStrings(caps apicaps.CapSet) bool { return caps.Supports(pb.CapExecMetaCDI) == nil }

// selfContext names a build context that stands in for the frontend image where
// the frontend was not started from one (in-process, as the tests do).
const selfContext = "quatrain-frontend"

// self returns the image that this frontend runs from, which holds the helper.
func (r *request) self(ctx context.Context) (*bkllb.State, error) {
	if c, ok := r.client.(interface{ CurrentFrontend() (*bkllb.State, error) }); ok {
		st, err := c.CurrentFrontend()
		if st != nil || err != nil {
			return st, err
		}
	}
	st, err := r.namedContext(ctx, selfContext)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return nil, fmt.Errorf("this builder is too old (it does not pass the frontend's image): Quatrain needs %s or newer", floor)
	}
	return st, nil
}

func (r *request) namedContext(ctx context.Context, name string) (*bkllb.State, error) {
	nc, err := r.ui.NamedContext(name, dockerui.ContextOpt{NoDockerignore: true})
	if err != nil || nc == nil {
		return nil, err
	}
	st, _, err := nc.Load(ctx)
	return st, err
}

func (r *request) proxy() *bkllb.ProxyEnv {
	arg := func(name string) string {
		if v, ok := r.ui.BuildArgs[name]; ok {
			return v
		}
		return r.ui.BuildArgs[strings.ToLower(name)]
	}
	p := bkllb.ProxyEnv{
		HTTPProxy: arg("HTTP_PROXY"), HTTPSProxy: arg("HTTPS_PROXY"), FTPProxy: arg("FTP_PROXY"),
		NoProxy: arg("NO_PROXY"), AllProxy: arg("ALL_PROXY"),
	}
	if p == (bkllb.ProxyEnv{}) {
		return nil
	}
	return &p
}

// warnAboutArgs says which build arguments nobody will read.
func (r *request) warnAboutArgs(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(r.ui.BuildArgs)) {
		if slices.Contains(knownArgs, name) || strings.HasPrefix(name, "BUILDKIT_") {
			continue
		}
		w := source.Errorf(source.Range{}, "build argument %s is not used", name)
		if near := source.Nearest(name, knownArgs); near != "" {
			w = w.WithHint("Did you mean %s?", near)
		}
		r.warn(ctx, w)
	}
	r.warnAboutNoCache(ctx)
	for _, w := range r.warnings {
		r.warn(ctx, w)
	}
}

// warnAboutNoCache says which targets of --no-cache-filter there are not.
func (r *request) warnAboutNoCache(ctx context.Context) {
	targets := plan.TargetNames(r.project.Quatrain)
	for name := range strings.SplitSeq(r.client.BuildOpts().Opts["no-cache"], ",") {
		if name == "" || slices.Contains(targets, strings.ToLower(name)) || slices.Contains(targets, name) {
			continue
		}
		w := source.Errorf(source.Range{}, "--no-cache-filter: target %q is not defined", name)
		if near := source.Nearest(name, targets); near != "" {
			w = w.WithHint("Did you mean %s?", near)
		}
		r.warn(ctx, w)
	}
}
