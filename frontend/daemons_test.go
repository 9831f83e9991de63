package frontend_test

import (
	"slices"
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
