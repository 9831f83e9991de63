package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// key is an SSH key without a passphrase: its file, and file.pub.
type key struct {
	t    *testing.T
	file string
}

func newKey(t *testing.T) key {
	t.Helper()
	return newKeyAt(t, filepath.Join(t.TempDir(), "key"))
}

func newKeyAt(t *testing.T, file string) key {
	t.Helper()
	bare := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file)
	if out, err := bare.CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	return key{t, file}
}

// public is its line of an authorized_keys file.
func (k key) public() string { return k.read(k.file + ".pub") }

// isNowhereIn looks for the private key, line by line, in what came of a build with
// provenance, and in what the daemon has said.
func (k key) isNowhereIn(o outcome) {
	k.t.Helper()
	daemon := k.read(filepath.Join(variable(k.t, "QUATRAIN_LAB"), "log", "buildkitd.log"))
	all := contents(k.t, o.archive)
	for _, there := range []string{"slsa.dev/provenance", "only = \"quatrain-test-"} { // of the library that was fetched
		if !strings.Contains(all, there) {
			k.t.Errorf("this looks at less than it says: there is no %s", there)
		}
	}
	for line := range strings.Lines(k.read(k.file)) {
		if strings.Contains(all+o.log+o.text+daemon, strings.TrimSpace(line)) {
			k.t.Errorf("a line of the private key is in the image or in a log: %s", line)
		}
	}
}

func (k key) read(file string) string {
	k.t.Helper()
	data, err := os.ReadFile(file)
	must(k.t, err)
	return string(data)
}

// agent is a running ssh-agent.
type agent struct {
	socket  string
	process *exec.Cmd
}

// newAgent starts ssh-agent and adds keys.
func newAgent(t *testing.T, keys ...key) agent {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") // a socket's path may not be long
	must(t, err)
	a := agent{socket: filepath.Join(dir, "s")}
	a.process = exec.Command("ssh-agent", "-D", "-a", a.socket)
	must(t, a.process.Start())
	t.Cleanup(func() { a.stop(); os.RemoveAll(dir) })
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err = os.Stat(a.socket); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("ssh-agent: %v", err)
		}
	}
	for _, k := range keys {
		add := exec.Command("ssh-add", "-q", k.file)
		add.Env = append(os.Environ(), a.variable())
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("ssh-add: %v\n%s", err, out)
		}
	}
	return a
}

// variable makes it the agent of a command.
func (a agent) variable() string { return "SSH_AUTH_SOCK=" + a.socket }

func (a agent) stop() {
	a.process.Process.Kill()
	a.process.Wait()
}
