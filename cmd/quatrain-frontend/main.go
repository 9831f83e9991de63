// Command quatrain-frontend is the BuildKit gateway frontend: the daemon starts
// it for every build that names its image on the syntax line.
package main

import (
	"log"

	"github.com/moby/buildkit/frontend/gateway/grpcclient"
	"github.com/moby/buildkit/util/appcontext"

	"github.com/quatrain-build/quatrain/frontend"
)

func main() {
	if err := grpcclient.RunFromEnvironment(appcontext.Context(), frontend.Build); err != nil {
		log.Fatalf("quatrain: %v", err)
	}
}
