// Command quatrain-frontend is the BuildKit gateway frontend: the daemon starts
// it for every build that names its image on the syntax line.
package main

import (
	"log"
	"runtime/debug"

	"github.com/moby/buildkit/frontend/gateway/grpcclient"
	"github.com/moby/buildkit/util/appcontext"

	"github.com/quatrain-build/quatrain/frontend"
)

func main() {
	// Few builds use 256 MB before they end, and to collect garbage takes a fifth of the CPU
	// that this process needs.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(256 << 20)
	if err := grpcclient.RunFromEnvironment(appcontext.Context(), frontend.Build); err != nil {
		log.Fatalf("quatrain: %v", err)
	}
}
