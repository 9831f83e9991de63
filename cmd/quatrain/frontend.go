package main

import (
	"os"
	"runtime/debug"

	"github.com/moby/buildkit/frontend/gateway/grpcclient"
	"github.com/moby/buildkit/util/appcontext"
	"github.com/spf13/cobra"

	"github.com/quatrain-build/quatrain/frontend"
)

func newFrontendCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "frontend",
		Short:  "Serve one build as BuildKit's gateway frontend",
		Long:   "BuildKit runs this in the frontend's image, for every build that names the image on its syntax line.",
		Args:   noArguments,
		Hidden: true,
		RunE:   func(*cobra.Command, []string) error { return serveGateway() },
	}
}

// inGateway reports whether BuildKit started this process. BuildKit takes the image's
// entrypoint and no arguments.
func inGateway() bool {
	_, ok := os.LookupEnv("BUILDKIT_SESSION_ID")
	return ok
}

// serveGateway answers one build.
func serveGateway() error {
	// Few builds need 256 MB, and collecting garbage costs a fifth of the process's CPU time.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(256 << 20)
	return grpcclient.RunFromEnvironment(appcontext.Context(), frontend.Build)
}
