package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/moby/buildkit/client"
)

// ownDocker says whether the lab is made of the machine's own Docker.
func ownDocker() bool {
	decided, _ := os.ReadFile(filepath.Join(os.Getenv("QUATRAIN_LAB"), "use-docker"))
	return strings.TrimSpace(string(decided)) == "1"
}

// newBuilder starts a buildkitd that has built nothing yet, like the lab's in the
// rest, and returns buildx's name for it. stop takes both away.
func newBuilder(ctx context.Context, dir string) (name string, stop func(), err error) {
	lab := os.Getenv("QUATRAIN_LAB")
	root, err := os.MkdirTemp(lab, "demo-") // where overlayfs is known to work
	if err != nil {
		return "", nil, err
	}
	address := "unix://" + filepath.Join(dir, "buildkitd.sock")
	log, err := os.Create(filepath.Join(lab, "log", "demo-buildkitd.log"))
	if err != nil {
		return "", nil, err
	}
	daemon := exec.Command("buildkitd", "--config", filepath.Join(lab, "buildkitd.toml"), "--root", root, "--addr", address)
	daemon.Stdout, daemon.Stderr = log, log
	daemon.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us: we end it when the builds have ended
	if err := daemon.Start(); err != nil {
		return "", nil, err
	}
	name = fmt.Sprintf("quatrain-demo-%d", os.Getpid())
	stop = func() {
		exec.Command("docker", "buildx", "rm", name).Run()
		daemon.Process.Signal(syscall.SIGTERM)
		daemon.Wait()
		os.RemoveAll(root)
	}
	if err := ready(ctx, address); err != nil {
		stop()
		return "", nil, fmt.Errorf("buildkitd does not start, see %s: %w", log.Name(), err)
	}
	if _, err := output(ctx, "docker", "buildx", "create", "--name", name, "--driver", "remote", address); err != nil {
		stop()
		return "", nil, err
	}
	return name, stop, nil
}

// ready waits for the daemon, for 30 seconds at most.
func ready(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	c, err := client.New(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close()
	for {
		if _, err = c.ListWorkers(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
