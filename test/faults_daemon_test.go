package test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moby/buildkit/client"
)

// breakable is a buildkitd of the test's own that can be killed, whose disk can be
// filled, and whose steps can be short of memory. Its state is in memory.
type breakable struct {
	builder
	t       *testing.T
	dir     string // with the file system "disk", the socket, configuration and log
	address string
	group   string // the cgroup of its steps
	names   *nameServer
	process *exec.Cmd
}

func newBreakable(t *testing.T, names *nameServer) *breakable {
	t.Helper()
	dir, err := os.MkdirTemp(variable(t, "QUATRAIN_LAB"), "breakable-")
	must(t, err)
	d := &breakable{t: t, dir: dir, address: "unix://" + filepath.Join(dir, "s"), group: unique(t), names: names}
	must(t, os.Mkdir(d.disk(), 0o755))
	must(t, syscall.Mount("tmpfs", d.disk(), "tmpfs", 0, "size=1500m"))
	d.configure()
	d.start()
	t.Cleanup(d.remove)
	d.createBuilder()
	return d
}

func (d *breakable) disk() string { return filepath.Join(d.dir, "disk") }

// configure writes the lab's configuration with a cgroup of its own, and a resolv.conf.
func (d *breakable) configure() {
	d.t.Helper()
	config, err := os.ReadFile(filepath.Join(os.Getenv("QUATRAIN_LAB"), "buildkitd.toml"))
	must(d.t, err)
	const worker = "[worker.oci]\n"
	if !bytes.Contains(config, []byte(worker)) {
		d.t.Fatal("the lab's buildkitd.toml has no [worker.oci]")
	}
	config = bytes.Replace(config, []byte(worker), []byte(worker+"  defaultCgroupParent = \""+d.group+"\"\n"), 1)
	must(d.t, os.WriteFile(filepath.Join(d.dir, "buildkitd.toml"), config, 0o644))
	must(d.t, os.WriteFile(filepath.Join(d.dir, "resolv.conf"), []byte("nameserver "+d.names.address+"\noptions timeout:1 attempts:1\n"), 0o644))
}

// start runs the daemon, in a mount namespace where resolv.conf is the test's.
func (d *breakable) start() {
	d.t.Helper()
	log, err := os.OpenFile(filepath.Join(d.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	must(d.t, err)
	defer log.Close()
	d.process = exec.Command("unshare", "--mount", "sh", "-c", `mount --bind "$1" /etc/resolv.conf && shift && exec "$@"`, "sh",
		filepath.Join(d.dir, "resolv.conf"), "buildkitd", "--config", filepath.Join(d.dir, "buildkitd.toml"), "--root", filepath.Join(d.disk(), "root"), "--addr", d.address)
	d.process.Stdout, d.process.Stderr = log, log
	must(d.t, d.process.Start())
	eventually(d.t, func() error { return exec.Command("buildctl", "--addr", d.address, "debug", "workers").Run() })
}

// kill ends the daemon as a power cut would, and starts it again.
func (d *breakable) kill() {
	d.t.Helper()
	must(d.t, d.process.Process.Signal(syscall.SIGKILL))
	d.process.Wait()
	d.start()
}

func (d *breakable) remove() {
	output(d.env, "docker", "buildx", "rm", d.builder.name)
	d.process.Process.Signal(syscall.SIGTERM)
	d.process.Wait()
	syscall.Unmount(d.disk(), syscall.MNT_DETACH)
	os.RemoveAll(d.dir)
}

func (d *breakable) createBuilder() {
	d.t.Helper()
	b, name := bare(d.t), unique(d.t)
	b.must(d.t, "", "docker", "buildx", "create", "--name", name, "--driver", "remote", d.address)
	d.builder = builder{name, append(b.env, "BUILDX_BUILDER="+name)}
}

// fill uses up the daemon's disk, and returns what frees it.
func (d *breakable) fill() (free func()) {
	d.t.Helper()
	name := filepath.Join(d.disk(), "filler")
	f, err := os.Create(name)
	must(d.t, err)
	defer f.Close()
	var space syscall.Statfs_t
	must(d.t, syscall.Statfs(d.disk(), &space))
	left := int64(space.Bavail) * space.Bsize
	for size := left; size >= space.Bsize; { // another writer may be faster
		if err := syscall.Fallocate(int(f.Fd()), 0, 0, size); err == nil {
			break
		}
		size -= 64 * space.Bsize
	}
	return func() { os.Remove(name) }
}

// starve leaves the daemon's steps so many bytes of memory, and returns what ends that.
// What they wrote counts already, because the disk is in memory.
func (d *breakable) starve(left int64) (free func()) {
	d.t.Helper()
	usage, file, without := "memory/"+d.group+"/memory.usage_in_bytes", "memory/"+d.group+"/memory.limit_in_bytes", "-1"
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.controllers"); err == nil {
		usage, file, without = d.group+"/memory.current", d.group+"/memory.max", "max"
	}
	file = filepath.Join("/sys/fs/cgroup", file)
	data, err := os.ReadFile(filepath.Join("/sys/fs/cgroup", usage))
	must(d.t, err)
	used, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	must(d.t, err)
	must(d.t, os.WriteFile(file, []byte(strconv.FormatInt(used+left, 10)), 0o644))
	return func() { must(d.t, os.WriteFile(file, []byte(without), 0o644)) }
}

// state returns what the daemon keeps: the bytes of its disk that are in use, and how
// many cache records it has.
func (d *breakable) state() (used int64, records int) {
	d.t.Helper()
	var space syscall.Statfs_t
	must(d.t, syscall.Statfs(d.disk(), &space))
	lines := d.must(d.t, "", "buildctl", "--addr", d.address, "du", "--format", "{{range .}}{{println .ID}}{{end}}")
	return int64(space.Blocks-space.Bfree) * space.Bsize, len(strings.Fields(lines))
}

func reverseProxy(to *url.URL) http.Handler {
	p := &httputil.ReverseProxy{ErrorLog: discard, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // upload addresses come back through the gate
	}}
	return p
}

// moment is when a test acts: when a vertex begins, whose name starts so.
type moment struct {
	vertex string
	act    func()
}

// watched runs `docker buildx build` and acts when the moment comes. interrupt, if not
// nil, ends it by SIGINT when it is closed.
func (b builder) watched(t *testing.T, dir string, at moment, interrupt <-chan struct{}, argv ...string) ended {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "docker", append([]string{"buildx", "build", "--progress", "rawjson", "--provenance=false"}, argv...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), b.env...)
	watch := &watcher{moment: at}
	cmd.Stderr = watch
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches docker and its plugin
	must(t, cmd.Start())
	over := make(chan struct{})
	go func() {
		select {
		case <-interrupt:
			syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		case <-time.After(5 * time.Minute):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		case <-over:
		}
	}()
	cmd.Wait()
	close(over)
	return ended{stdout.String(), watch.all.String(), cmd.ProcessState.ExitCode()}
}

// watcher reads raw progress as it comes.
type watcher struct {
	moment
	all, line bytes.Buffer
	acted     bool
}

func (w *watcher) Write(p []byte) (int, error) {
	w.all.Write(p)
	for _, c := range p {
		if c != '\n' {
			w.line.WriteByte(c)
			continue
		}
		w.look(w.line.String())
		w.line.Reset()
	}
	return len(p), nil
}

func (w *watcher) look(line string) {
	var status client.SolveStatus
	if w.acted || w.vertex == "" || json.Unmarshal([]byte(line), &status) != nil {
		return
	}
	for _, v := range status.Vertexes {
		if v.Started != nil && strings.HasPrefix(v.Name, w.vertex) {
			w.acted = true
			w.act()
			return
		}
	}
}

// digestIn reads the image's digest from the file of --metadata-file.
func digestIn(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	must(t, err)
	var m map[string]any
	decode(t, data, &m)
	d, _ := m["containerimage.digest"].(string)
	if d == "" {
		t.Fatalf("%s has no digest: %s", file, data)
	}
	return d
}
