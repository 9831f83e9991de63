package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/moby/buildkit/client"
)

// lab is what all builds of a session share: a registry with the images that are
// needed, and a name for the daemon, which is new for every cold build.
type lab struct {
	dir      string // of this session, where overlayfs works
	registry string // host:port
	builder  string // buildx's name
	daemons  []*process
}

const python = "library/python"

// newLab starts a registry that is Docker Hub's and GitHub's mirror for the daemons.
func newLab(ctx context.Context) (*lab, error) {
	from := os.Getenv("QUATRAIN_REGISTRY")
	frontend := os.Getenv("QUATRAIN_FRONTEND")
	if from == "" || frontend == "" {
		return nil, errors.New("no lab: run this with `make bench`")
	}
	dir, err := os.MkdirTemp(os.Getenv("QUATRAIN_LAB"), "bench-")
	if err != nil {
		return nil, err
	}
	l := &lab{dir: dir, builder: fmt.Sprintf("quatrain-bench-%d", os.Getpid())}
	if err := l.startRegistry(ctx); err != nil {
		l.close()
		return nil, err
	}
	images := map[string]string{
		frontend:                           "quatrain/poetry:1",
		from + "/docker/dockerfile:1":      "docker/dockerfile:1",
		from + "/astral-sh/uv:0.13.9":      "astral-sh/uv:0.13.9",
		from + "/" + python + ":3.13-slim": python + ":original",
	}
	for source, name := range images {
		if err := run(ctx, "crane", "copy", source, l.registry+"/"+name); err != nil {
			l.close()
			return nil, err
		}
	}
	if err := l.patchBase(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, run(ctx, "docker", "buildx", "create", "--name", l.builder, "--driver", "remote", l.address())
}

func (l *lab) close() {
	exec.Command("docker", "buildx", "rm", l.builder).Run()
	for _, p := range l.daemons {
		p.stop()
	}
	if run(context.Background(), "mountpoint", filepath.Join(l.dir, "disk")) != nil { // else something there is in use
		os.RemoveAll(l.dir)
	}
}

func (l *lab) address() string { return "unix://" + filepath.Join(l.dir, "s") }

// useBase makes a tag of the base image what python:3.13-slim means from now on.
func (l *lab) useBase(tag string) error {
	name := l.registry + "/" + python
	return run(context.Background(), "crane", "copy", name+":"+tag, name+":3.13-slim")
}

// patchBase makes python:patched, the base image with one more layer.
func (l *lab) patchBase(ctx context.Context) error {
	layer := filepath.Join(l.dir, "patch.tar")
	f, err := os.Create(layer)
	if err != nil {
		return err
	}
	defer f.Close()
	const text = "patched\n"
	w := tar.NewWriter(f)
	if err := w.WriteHeader(&tar.Header{Name: "etc/patched", Mode: 0o644, Size: int64(len(text))}); err != nil {
		return err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	name := l.registry + "/" + python
	return run(ctx, "crane", "append", "--platform", "linux/amd64", "-b", name+":original", "-f", layer, "-t", name+":patched")
}

func (l *lab) startRegistry(ctx context.Context) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	l.registry = "127.0.0.1:" + port
	config := filepath.Join(l.dir, "registry.yml")
	text := fmt.Sprintf("version: 0.1\nlog: {level: warn}\nstorage:\n  filesystem: {rootdirectory: %s}\nhttp:\n  addr: %s\n  secret: bench\n", filepath.Join(l.dir, "registry"), l.registry)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		return err
	}
	p, err := start(filepath.Join(l.dir, "registry.log"), "docker-registry", "serve", config)
	if err != nil {
		return err
	}
	l.daemons = append(l.daemons, p)
	return until(ctx, func() error {
		c, err := net.Dial("tcp", l.registry)
		if err == nil {
			c.Close()
		}
		return err
	})
}

// daemon is a buildkitd that has built nothing yet, on a file system of its own: ext4
// makes files more slowly where many have just been removed.
type daemon struct {
	disk *disk
	p    *process
}

func (l *lab) newDaemon(ctx context.Context) (*daemon, error) {
	disk, err := newDisk(ctx, filepath.Join(l.dir, "disk"))
	if err != nil {
		return nil, err
	}
	config := filepath.Join(l.dir, "buildkitd.toml")
	text := fmt.Sprintf(`root = %q
[grpc]
  address = [%q]
[worker.oci]
  networkMode = "host"
  gc = false
[worker.containerd]
  enabled = false
[registry."docker.io"]
  mirrors = [%[3]q]
[registry."ghcr.io"]
  mirrors = [%[3]q]
[registry.%[3]q]
  http = true
`, filepath.Join(disk.dir, "buildkit"), l.address(), l.registry)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		return nil, errors.Join(err, disk.remove())
	}
	// What it mounts while it works lies below its disk, and goes with it.
	p, err := start(filepath.Join(l.dir, "buildkitd.log"), "env", "TMPDIR="+disk.dir, "buildkitd", "--config", config)
	if err != nil {
		return nil, errors.Join(err, disk.remove())
	}
	d := &daemon{disk, p}
	if err := l.ready(ctx); err != nil {
		return nil, errors.Join(err, d.stop())
	}
	return d, nil
}

func (l *lab) ready(ctx context.Context) error {
	c, err := client.New(ctx, l.address())
	if err != nil {
		return err
	}
	defer c.Close()
	return until(ctx, func() error { _, err := c.ListWorkers(ctx); return err })
}

func (d *daemon) stop() error {
	d.p.stop()
	return d.disk.remove()
}

// disk is an ext4 in a file.
type disk struct{ file, dir string }

func newDisk(ctx context.Context, name string) (*disk, error) {
	d := &disk{name + ".img", name}
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.Create(d.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := syscall.Fallocate(int(f.Fd()), 0, 0, 8<<30); err != nil {
		return nil, fmt.Errorf("a file system of 8 GB: %w", err)
	}
	// Nothing is written later behind our back.
	if err := run(ctx, "mkfs.ext4", "-q", "-E", "lazy_itable_init=1,nodiscard", d.file); err != nil {
		return nil, err
	}
	return d, run(ctx, "mount", "-o", "loop,noinit_itable", d.file, d.dir)
}

func (d *disk) remove() error {
	err := until(context.Background(), func() error { return run(context.Background(), "umount", "--recursive", d.dir) })
	return errors.Join(err, os.Remove(d.file))
}

// process is a daemon of ours.
type process struct{ cmd *exec.Cmd }

func start(log string, name string, args ...string) (*process, error) {
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = f, f
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us: we end it when the builds have ended
	return &process{cmd}, cmd.Start()
}

func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.cmd.Wait()
}

// until tries for 30 seconds at most.
func until(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

func run(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
