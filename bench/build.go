package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/quatrain-build/quatrain/test/orders"
)

// builds makes images of one project in one repository.
type builds struct {
	lab        *lab
	side       side
	setup      setup
	project    string
	repository string
	platform   string // "" for the daemon's own
	pushed     orders.Blobs
}

// command is the client's command line.
func (b *builds) command(ctx context.Context, output string, flags []string) *exec.Cmd {
	args := []string{"buildx", "build", "--builder", b.lab.builder, "--progress", "rawjson", "--provenance=false", "--output", output}
	if b.setup.ca != "" {
		args = append(args, "--secret", "id=ca,src="+b.setup.ca)
	}
	if b.platform != "" {
		args = append(args, "--platform", b.platform)
	}
	cmd := exec.CommandContext(ctx, "docker", append(append(args, flags...), b.project)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // the builder ends what it does
	cmd.WaitDelay = 30 * time.Second
	return cmd
}

// cacheOnly builds and exports nothing.
func (b *builds) cacheOnly(ctx context.Context) error {
	out, err := b.command(ctx, "type=cacheonly", nil).CombinedOutput()
	if err != nil {
		return fmt.Errorf("docker buildx build: %w\n%s", err, out)
	}
	return nil
}

// build builds and pushes as a person does, and measures it.
func (b *builds) build(ctx context.Context, flags ...string) (*result, error) {
	cmd := b.command(ctx, "type=image,name="+b.image()+",push=true,registry.insecure=true,compression="+b.setup.compression, flags)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	syscall.Sync() // what was written before is not this build's
	r := &result{Side: b.side.name, Compression: b.setup.compression, Bytecode: b.setup.bytecode, Load: loadAverage(), Time: time.Now().UTC().Truncate(time.Second)}
	began, cpu := time.Now(), cpuSeconds()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	progress := orders.Follow(stderr)
	err = cmd.Wait()
	r.Seconds, r.CPU = milli(time.Since(began).Seconds()), milli(cpuSeconds()-cpu)
	if err != nil {
		return nil, fmt.Errorf("docker buildx build: %w\n%s", err, progress.Other.String())
	}
	r.count(progress, b.side)
	im, err := orders.Inspect(b.image())
	if err != nil {
		return nil, err
	}
	r.weigh(im, b.pushed)
	return r, nil
}

func (b *builds) image() string { return b.lab.registry + "/" + b.repository + ":latest" }

// count notes the operations that ran.
func (r *result) count(p *orders.Progress, s side) {
	for _, o := range p.Operations {
		if o.Kind() == "" || !o.DidRun() {
			continue
		}
		r.Operations++
		if s.dependencies.MatchString(o.Name) && !strings.HasPrefix(o.Name, "[compile] project") {
			r.DependencyOperations++
		}
		r.Ran = append(r.Ran, shortened(o.Name))
	}
	slices.Sort(r.Ran)
}

// weigh notes the bytes of the image, and of those what is new in the repository.
func (r *result) weigh(im *orders.Image, known orders.Blobs) {
	dependencies := map[string]bool{}
	r.Size = im.Size()
	if made := im.Made(); len(made) == len(im.Manifest.Layers) {
		for i, l := range im.Manifest.Layers {
			if hasDependencies(made[i]) {
				dependencies[l.Digest.String()] = true
				r.Dependencies += l.Size
			}
		}
	}
	for _, blob := range known.Add(im) {
		r.Pushed += blob.Size
		if dependencies[blob.Digest.String()] {
			r.PushedDependencies += blob.Size
		}
	}
}

var layerOfDependencies = regexp.MustCompile(`^(install|byte code of) |/app/\.venv`)

// hasDependencies says it of a layer, by its line in the image's history.
func hasDependencies(made string) bool {
	return layerOfDependencies.MatchString(made) && !strings.HasPrefix(made, "install the project") && !strings.HasPrefix(made, "byte code of the ")
}

func shortened(name string) string {
	if runes := []rune(name); len(runes) > 60 {
		return string(runes[:59]) + "…"
	}
	return name
}

func milli(seconds float64) float64 { return float64(int(seconds*1000+0.5)) / 1000 }
