package pep517

import (
	"fmt"
	"regexp"
)

// noNetwork is what programs say that cannot reach a host: Python, pip, curl, git, cargo,
// Go, npm.
var noNetwork = regexp.MustCompile(`(?i)Temporary failure in name resolution|Name or service not known|Could not resolve (?:host|proxy)|Couldn't resolve host|` +
	`failed to lookup address|dns error|lookup \S+ on \S+: |getaddrinfo E(?:AI_AGAIN|NOTFOUND)|` +
	`Network is unreachable|Connection refused|Connection timed out|Could not fetch URL|Max retries exceeded|spurious network error|urlopen error`)

const networkAdvice = "Check that the builder can reach the address. Proxies are set with --build-arg HTTPS_PROXY=…"

// allowNetwork returns the advice for a build that failed because it has no network.
func allowNetwork(pkg string) string {
	return fmt.Sprintf("A build has no network, and its requirements are there before it starts. If it downloads anything else, set network = [%q] in [tool.quatrain.build].", pkg)
}

// buildHint returns the advice that fits the log of a failed backend.
func buildHint(log, pkg string, on distro, offline bool) string {
	advice := hint(log, pkg, on)
	if advice == networkAdvice && offline {
		return allowNetwork(pkg)
	}
	return advice
}
