package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/quatrain-build/quatrain/test/orders"
)

// registryBuild builds one project with docker buildx and pushes the image.
type registryBuild struct {
	project, builder, image string
	pushed                  orders.Blobs // that the image's repository has
}

// result is what one build cost.
type result struct {
	name     string
	seconds  float64
	begin    time.Time
	progress *orders.Progress
	pushed   int64 // bytes that the registry did not have
}

func (r *result) ran() int {
	return r.progress.Count(func(o *orders.Operation) bool { return o.DidRun() })
}

func (r *result) ranOnDependencies() int {
	return r.progress.Count(func(o *orders.Operation) bool { return o.DidRun() && o.OnDependencies() })
}

func (b *registryBuild) stub() string {
	data, err := os.ReadFile(filepath.Join(b.project, "Dockerfile"))
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(data))
}

func (b *registryBuild) build(ctx context.Context, name string) (*result, error) {
	args := []string{"buildx", "build", "--builder", b.builder, "--progress", "rawjson",
		"--provenance=false", "--output", "type=image,name=" + b.image + ",push=true,registry.insecure=true"}
	if ca := os.Getenv("QUATRAIN_CA"); ca != "" {
		args = append(args, "--secret", "id=ca,src="+ca)
	}
	cmd := exec.CommandContext(ctx, "docker", append(args, b.project)...)
	progress, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	r := &result{name: name, begin: time.Now()}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r.progress = orders.Follow(progress)
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("docker %s: %w\n%s", strings.Join(args[:2], " "), err, r.progress.Other.String())
	}
	r.seconds = time.Since(r.begin).Seconds()
	im, err := orders.Inspect(b.image)
	if err != nil {
		return nil, err
	}
	for _, blob := range b.pushed.Add(im) {
		r.pushed += blob.Size
	}
	fmt.Printf("  %-50s %5.1f s\n", name, r.seconds)
	return r, nil
}
