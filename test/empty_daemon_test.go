package test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// empty is a buildkitd that has built nothing yet, started through a command, as a
// builder of buildx.
func empty(t *testing.T, through ...string) builder {
	t.Helper()
	b, _ := emptyAt(t, through...)
	return b
}

// emptyAt says too where the daemon keeps what it has.
func emptyAt(t *testing.T, through ...string) (b builder, root string) {
	t.Helper()
	b, name, address := bare(t), unique(t), ownDaemon(t, nil, through...)
	b.must(t, "", "docker", "buildx", "create", "--name", name, "--driver", "remote", address)
	t.Cleanup(func() { output(b.env, "docker", "buildx", "rm", name) })
	root = filepath.Join(filepath.Dir(strings.TrimPrefix(address, "unix://")), "root")
	return builder{name, append(b.env, "BUILDX_BUILDER="+name)}, root
}

// Two empty daemons of different machines make one image, to its digest, and nobody tells
// them what time it is: another umask, host name, time zone and order of the steps, and a
// checkout of another day, umask and folder.
func TestReproducibleOnEmptyDaemons(t *testing.T) {
	p := shop(t)
	first := empty(t).buildx(t, request{dir: p.dir})

	p.dir = filepath.Join(t.TempDir(), "elsewhere")
	p.write(t)
	checkedOut(t, p.dir, time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC))
	other := empty(t, "unshare", "--uts", "sh", "-c",
		`hostname other && umask 077 && TZ=Asia/Tokyo exec "$@" --oci-max-parallelism=1`, "sh")
	second := other.buildx(t, request{dir: p.dir})

	if first.err != nil || second.err != nil {
		t.Fatal(first.err, second.err)
	}
	for _, o := range []outcome{first, second} {
		if len(withPrefix(o.ran, "[install")) == 0 || len(withPrefix(o.ran, "[compile")) == 0 {
			t.Errorf("a daemon that should be empty ran only %q", o.ran)
		}
	}
	same(t, first.image, second.image)
}

// checkedOut gives all files the time and the modes of another checkout.
func checkedOut(t *testing.T, dir string, at time.Time) {
	t.Helper()
	must(t, filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err == nil {
			err = os.Chmod(name, info.Mode()&0o700)
		}
		if err == nil {
			err = os.Chtimes(name, at, at)
		}
		return err
	}))
}

// --add-host is how a name is known to the steps that nobody else knows.
func TestAddHost(t *testing.T) {
	for _, b := range builders(t) {
		t.Run(b.name, func(t *testing.T) {
			w := fresh("named")
			x := newIndex(t, w)
			host, port, err := net.SplitHostPort(x.Listener.Addr().String())
			must(t, err)
			p := (&project{index: x, url: "http://index.test:" + port, locks: []locked{{wheel: w}}}).write(t)
			o := b.buildx(t, request{dir: p.dir, noImage: true, flags: []string{"--add-host", "index.test:" + host}})
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
		})
	}
}
