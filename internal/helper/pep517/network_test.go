package pep517

import (
	"strings"
	"testing"
)

// A build without a network that asks for one is told how to get it; other faults that
// its log has come first.
func TestNetworkHint(t *testing.T) {
	for _, log := range []string{
		"urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>",
		"socket.gaierror: [Errno -2] Name or service not known",
		"curl: (6) Could not resolve host: example.com",
		"fatal: unable to access 'https://example.com/x.git/': Could not resolve host: example.com",
		"warning: spurious network error (3 tries remaining): [6] Couldn't resolve host name",
		"failed to lookup address information: Temporary failure in name resolution",
		`go: dial tcp: lookup proxy.golang.org on 1.1.1.1:53: dial udp: connect: network is unreachable`,
		"npm error code EAI_AGAIN\nnpm error getaddrinfo EAI_AGAIN registry.npmjs.org",
		"wget: connect: Connection refused",
		"WARNING: Retrying: Failed to establish a new connection: [Errno 101] Network is unreachable\nERROR: No matching distribution found for cmake",
	} {
		if got := buildHint(log, "thing", debian, true); !strings.Contains(got, `network = ["thing"] in [tool.quatrain.build]`) {
			t.Errorf("%s: %q", log, got)
		}
		if got := buildHint(log, "thing", debian, false); !strings.Contains(got, "HTTPS_PROXY") {
			t.Errorf("with a network: %s: %q", log, got)
		}
	}
	if got := buildHint("Network is unreachable\nerror: command 'gcc' failed: No such file or directory", "thing", debian, true); !strings.Contains(got, "gcc") {
		t.Errorf("a missing compiler: %q", got)
	}
}
