package frontend_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
)

// sinceFloor are the capabilities that BuildKit got after 0.11 and that graphs could ask for.
var sinceFloor = []apicaps.CapID{
	pb.CapExecMountContentCache, pb.CapExecValidExitCode, pb.CapExecMetaCDI, pb.CapExecMetaLinuxResources, pb.CapExecMetaNetworkProxy,
	pb.CapFileCopyAlwaysReplaceExistingDestPaths, pb.CapFileCopyModeStringFormat, pb.CapFileCopyRequiredPaths, pb.CapFileSymlinkCreate,
	pb.CapPassthroughOp, pb.CapSourceGitChecksum, pb.CapSourceGitFetchByCommit, pb.CapSourceGitMTime, pb.CapSourceGitSkipSubmodules,
	pb.CapSourceHTTPAuth, pb.CapSourceHTTPHeader, pb.CapSourceImageBlob, pb.CapSourceImageChecksum, pb.CapSourceMetadataTransfer,
}

// The oldest daemon gets no graph that asks for what it does not have: it would refuse
// the whole of it.
func TestOldestDaemon(t *testing.T) {
	for _, target := range []string{"production", "development", "builder"} {
		a := build(t, asked{opts: args("target", target), without: sinceFloor})
		if a.err != nil {
			t.Fatal(a.err)
		}
		for _, def := range a.client.Definitions(a.result) {
			for id, m := range def.Metadata {
				for c := range m.Caps {
					if slices.Contains(sinceFloor, apicaps.CapID(c)) {
						t.Errorf("%s: the vertex %s %v asks for %s", target, id, m.Description, c)
					}
				}
			}
		}
	}
}

// What a platform other than the builder's takes emulation for is said before it runs;
// nothing is, where it takes none.
func TestEmulation(t *testing.T) {
	sdist := strings.ReplaceAll(lock, "pure-1.0-py3-none-any.whl", "pure-1.0.tar.gz")
	const told = "pure 1.0 must be built from source on linux/arm64, and this builder is linux/amd64 (poetry.lock:2). This needs emulation (QEMU, registered as binfmt_misc) or a builder of that platform; a version with a wheel for it needs neither."
	for name, c := range map[string]struct {
		lock, platform, want string
	}{
		"a wheel":     {lock, "linux/arm64", ""},
		"an sdist":    {sdist, "linux/arm64", told},
		"both":        {sdist, "linux/amd64,linux/arm64", told},
		"at home":     {sdist, "linux/amd64", ""},
		"like enough": {sdist, "linux/386", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := build(t, asked{files: map[string]string{"poetry.lock": c.lock}, opts: args("platform", c.platform)})
			if a.err != nil {
				t.Fatal(a.err)
			}
			if got := strings.Join(a.warnings, "\n"); got != c.want {
				t.Errorf("%q", got)
			}
		})
	}
}
