package test

import (
	"net"
	"net/http/httptest"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// index is a package index that every builder reaches. It listens on the machine's
// own address: the steps of an engine have a loopback of their own.
type index struct {
	*pindex.Index
	*httptest.Server
}

func newIndex(t *testing.T, wheels ...pindex.Wheel) *index {
	t.Helper()
	x := unstarted(t, wheels)
	x.Start()
	return x
}

func unstarted(t *testing.T, wheels []pindex.Wheel) *index {
	t.Helper()
	x := &index{Index: pindex.New(pindex.Options{})}
	for _, w := range wheels {
		x.Add(w)
	}
	x.Server = httptest.NewUnstartedServer(x.Index)
	x.Listener.Close()
	x.Listener = listen(t)
	t.Cleanup(x.Close)
	return x
}

// requests counts what was asked since the last call.
func (x *index) requests() int {
	n := len(x.Requests())
	x.Reset()
	return n
}

// listen takes a port on the address that the machine has for others. No packet is
// sent to find it: a UDP socket only looks up the route.
func listen(t *testing.T) net.Listener {
	t.Helper()
	route, err := net.Dial("udp4", "198.51.100.1:9")
	if err != nil {
		t.Fatalf("this machine has no address that a container could reach: %v", err)
	}
	defer route.Close()
	l, err := net.Listen("tcp4", net.JoinHostPort(route.LocalAddr().(*net.UDPAddr).IP.String(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}
