package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// trusting starts a buildkitd that trusts an authority as a user's would: it stands in
// the trust store that this daemon sees, and only this one.
func trusting(t *testing.T, a authority) (address string) {
	t.Helper()
	const store = "/etc/ssl/certs/ca-certificates.crt"
	trusted, err := os.ReadFile(store)
	must(t, err)
	more := filepath.Join(t.TempDir(), "trusted.pem")
	must(t, os.WriteFile(more, append(trusted, a.pem()...), 0o644))
	return ownDaemon(t, nil, "unshare", "--mount", "sh", "-c", `mount --bind "$1" "$2" && shift 2 && exec "$@"`, "sh", more, store)
}

// misled starts a buildkitd that finds a host at another address.
func misled(t *testing.T, host, address string) string {
	t.Helper()
	hosts, err := os.ReadFile("/etc/hosts")
	must(t, err)
	more := filepath.Join(t.TempDir(), "hosts")
	must(t, os.WriteFile(more, append([]byte(address+" "+host+"\n"), hosts...), 0o644))
	return ownDaemon(t, nil, "unshare", "--mount", "sh", "-c", `mount --bind "$1" /etc/hosts && shift && exec "$@"`, "sh", more)
}

// lacking starts a buildkitd on a machine that seems to have no program of a name.
func lacking(t *testing.T, program string) (address string) {
	t.Helper()
	dir := t.TempDir()
	for _, from := range filepath.SplitList(os.Getenv("PATH") + ":/usr/sbin:/sbin") {
		entries, _ := os.ReadDir(from) // not every folder of PATH is there
		for _, e := range entries {
			if e.Name() != program {
				_ = os.Symlink(filepath.Join(from, e.Name()), filepath.Join(dir, e.Name())) // the first counts
			}
		}
	}
	return ownDaemon(t, []string{"PATH=" + dir})
}

// ownDaemon starts a buildkitd of the test's own, through a command that runs another.
func ownDaemon(t *testing.T, env []string, through ...string) (address string) {
	t.Helper()
	lab := variable(t, "QUATRAIN_LAB")
	dir, err := os.MkdirTemp(lab, "daemon-") // where overlayfs works
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	address = "unix://" + filepath.Join(dir, "s")
	argv := append(through, "buildkitd", "--config", filepath.Join(lab, "buildkitd.toml"), "--root", filepath.Join(dir, "root"), "--addr", address)
	background(t, env, filepath.Join(dir, "log"), func() bool { return exec.Command("buildctl", "--addr", address, "debug", "workers").Run() == nil }, argv...)
	return address
}

// background runs a daemon until the test ends, and waits until it is ready. What it
// says goes to a file.
func background(t *testing.T, env []string, to string, ready func() bool, argv ...string) {
	t.Helper()
	daemon := exec.Command(argv[0], argv[1:]...)
	daemon.Env = append(os.Environ(), env...)
	log, err := os.Create(to)
	must(t, err)
	defer log.Close()
	daemon.Stdout, daemon.Stderr = log, log
	must(t, daemon.Start())
	t.Cleanup(func() {
		daemon.Process.Signal(syscall.SIGTERM)
		daemon.Wait()
	})
	for deadline := time.Now().Add(time.Minute); !ready(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(log.Name())
			t.Fatalf("%s did not start:\n%s", strings.Join(argv, " "), said)
		}
	}
}
