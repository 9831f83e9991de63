package test

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// gitHost is a git server over SSH: OpenSSH's sshd with git-shell, on a loopback
// address of its own. Its user `git` is in no file of the machine: nss_wrapper shows
// it to this sshd only.
type gitHost struct {
	t       *testing.T
	name    string // "127.x.y.z", what its key is known under
	port    string
	home    string // where the user's repositories are
	dir     string // keys and configuration
	process *exec.Cmd
	accepts string // variables of the client
}

// newGitHost starts one and lets keys in: on port 22, which addresses like git@host:path
// ask for, unless a server of this machine has it on all addresses.
func newGitHost(t *testing.T, keys ...key) *gitHost {
	t.Helper()
	port := "22"
	if l, err := net.Listen("tcp4", net.JoinHostPort(loopback(t), port)); err == nil {
		l.Close()
	} else {
		port = freePort(t)
	}
	return newGitHostAt(t, port, keys...)
}

func newGitHostAt(t *testing.T, port string, keys ...key) *gitHost {
	t.Helper()
	variable(t, "QUATRAIN_SSHD")
	h := &gitHost{t: t, name: loopback(t), port: port, dir: t.TempDir(), accepts: "GIT_PROTOCOL"}
	h.home = filepath.Join(h.dir, "home")
	must(t, os.Mkdir(h.home, 0o755))
	h.newHostKey()
	h.authorize(keys...)
	h.start()
	t.Cleanup(h.stop)
	return h
}

// loopback is an address that nothing has listened on: BuildKit keeps what it has
// fetched by the remote's address.
func loopback(t *testing.T) string {
	t.Helper()
	b := make([]byte, 3)
	rand.Read(b)
	return net.IPv4(127, 1+b[0]%254, b[1], 1+b[2]%254).String()
}

// authorize lets these keys in, and no others.
func (h *gitHost) authorize(keys ...key) {
	h.t.Helper()
	var lines []string
	for _, k := range keys {
		lines = append(lines, k.public())
	}
	h.write("authorized_keys", strings.Join(lines, ""))
}

func (h *gitHost) write(name, text string) string {
	h.t.Helper()
	file := filepath.Join(h.dir, name)
	must(h.t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// newHostKey makes its key, or another one in place of it: for who knew the old one, it is
// an impostor from now on.
func (h *gitHost) newHostKey() {
	h.t.Helper()
	os.Remove(filepath.Join(h.dir, "host_key"))
	os.Remove(filepath.Join(h.dir, "host_key.pub"))
	newKeyAt(h.t, filepath.Join(h.dir, "host_key"))
}

// knownAs is its line of a known_hosts file.
func (h *gitHost) knownAs() string {
	h.t.Helper()
	host := h.name
	if h.port != "22" {
		host = "[" + h.name + "]:" + h.port
	}
	return host + " " + key{h.t, filepath.Join(h.dir, "host_key")}.public()
}

func (h *gitHost) start() {
	h.t.Helper()
	users := fmt.Sprintf("root:x:0:0::/root:/bin/sh\nsshd:x:65534:65534::/run/sshd:/usr/sbin/nologin\ngit:x:%d:%d::%s:/usr/bin/git-shell\n", os.Getuid(), os.Getgid(), h.home)
	config := h.write("sshd_config", strings.Join([]string{
		"ListenAddress " + net.JoinHostPort(h.name, h.port),
		"HostKey " + filepath.Join(h.dir, "host_key"),
		"AuthorizedKeysFile " + filepath.Join(h.dir, "authorized_keys"),
		"AuthenticationMethods publickey",
		"PermitRootLogin yes", // the test's own user, under the name of git
		"StrictModes no",
		"UsePAM no",
		"PidFile none",
		"LogLevel VERBOSE",
		"AcceptEnv " + h.accepts,
		"",
	}, "\n"))
	h.run(users, config)
}

// run waits until it answers. Errors end the test with what sshd said.
func (h *gitHost) run(users, config string) {
	h.t.Helper()
	to, err := os.OpenFile(h.write("log", ""), os.O_WRONLY|os.O_APPEND, 0)
	must(h.t, err)
	defer to.Close()
	h.process = exec.Command(variable(h.t, "QUATRAIN_SSHD"), "-D", "-e", "-f", config)
	h.process.Env = append(os.Environ(), "LD_PRELOAD=libnss_wrapper.so",
		"NSS_WRAPPER_PASSWD="+h.write("passwd", users), "NSS_WRAPPER_GROUP="+h.write("group", "root:x:0:\n"))
	h.process.Stderr = to
	must(h.t, h.process.Start())
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(h.said(), "Server listening on"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) || strings.Contains(h.said(), "Cannot bind") {
			h.t.Fatalf("sshd on %s port %s (does another listen on this port of all addresses?):\n%s", h.name, h.port, h.said())
		}
	}
}

// asked says whether anyone has connected since it started.
func (h *gitHost) asked() bool { return strings.Contains(h.said(), "Connection from") }

func (h *gitHost) said() string {
	h.t.Helper()
	text, err := os.ReadFile(filepath.Join(h.dir, "log"))
	must(h.t, err)
	return string(text)
}

// stop ends it: nobody answers there from now on.
func (h *gitHost) stop() {
	if h.process != nil {
		h.process.Process.Kill()
		h.process.Wait()
		h.process = nil
	}
}

func (h *gitHost) restart() {
	h.t.Helper()
	h.stop()
	h.start()
}

// speak0 makes it a server of git's first protocol, as an sshd is that nobody has
// configured for git: it gives what branches and tags point at, and no commit by itself.
func (h *gitHost) speak0() {
	h.t.Helper()
	h.accepts = "LANG"
	h.restart()
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	return port
}

// address is a repository's as hosts like to show it, git@host:path. It has no room
// for a port.
func (h *gitHost) address(repository string) string {
	if h.port != "22" {
		return h.url(repository)
	}
	return "git@" + h.name + ":" + repository
}

// url is the same as a URL.
func (h *gitHost) url(repository string) string {
	return "ssh://git@" + net.JoinHostPort(h.name, h.port) + "/~/" + repository
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
