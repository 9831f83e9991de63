// Command demo builds examples/orders as a user would, runs it, asks it once,
// and prints what was built and what later builds cost. It needs the lab's
// environment: `make demo` sets it.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/quatrain-build/quatrain/test/orders"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := demo(ctx); err != nil {
		log.Fatalf("demo: %v", err)
	}
}

func demo(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "quatrain-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	project := filepath.Join(dir, "orders")
	if err := os.CopyFS(project, os.DirFS("examples/orders")); err != nil {
		return err
	}
	builder, stop, err := theBuilder(ctx, dir, project)
	if err != nil {
		return err
	}
	defer stop()
	// A repository of its own: what others hold need not be pushed.
	b := &registryBuild{pushed: orders.Blobs{}, project: project, builder: builder, image: fmt.Sprintf("%s/demo-%d/orders:latest", os.Getenv("QUATRAIN_REGISTRY"), time.Now().Unix())}
	fmt.Printf("Building examples/orders with docker buildx build. Its Dockerfile is one line:\n\n  %s\n\n", b.stub())
	first, err := b.build(ctx, "first build")
	if err != nil {
		return err
	}
	im, err := orders.Inspect(b.image)
	if err != nil {
		return err
	}
	printBuilt(b, im)
	printPhases(first)
	if known := first.progress.Count(func(o *orders.Operation) bool { return o.Cached }); known > 0 {
		fmt.Printf("The builder knew %d operations from earlier builds.\n", known)
	}
	printLayers(im)
	if err := runOnce(ctx, b.image); err != nil {
		return err
	}
	return later(ctx, b, first)
}

// theBuilder is a new one, where the lab can start it. The machine's own Docker finds
// the frontend only under the lab's address, so the stub gets that.
func theBuilder(ctx context.Context, dir, project string) (name string, stop func(), err error) {
	if !ownDocker() {
		return newBuilder(ctx, dir)
	}
	stub := "# syntax=" + os.Getenv("QUATRAIN_FRONTEND") + "\n"
	return os.Getenv("QUATRAIN_BUILDER"), func() {}, os.WriteFile(filepath.Join(project, "Dockerfile"), []byte(stub), 0o644)
}

// changes are what a person does to a project between two builds.
var changes = []struct {
	name  string
	apply func(project string) error
}{
	{"nothing changed", func(string) error { return nil }},
	{"an edit of the app", orders.EditApp},
	{"a version bump", orders.BumpVersion},
	{"another release of one dependency: idna 3.10", orders.BumpDependency},
}

// later builds again after each kind of change.
func later(ctx context.Context, b *registryBuild, first *result) error {
	fmt.Printf("\nBuilding again after changes to a copy of the project:\n\n")
	results := []*result{first}
	for _, c := range changes {
		if err := c.apply(b.project); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		r, err := b.build(ctx, c.name)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	printCosts(results)
	printRan(results[1:])
	return nil
}

// runOnce starts the image on the engine and asks its health route.
func runOnce(ctx context.Context, image string) error {
	if _, err := output(ctx, "docker", "pull", "--quiet", image); err != nil {
		return err
	}
	id, err := output(ctx, "docker", "run", "--detach", "--publish", "127.0.0.1::8000", image)
	if err != nil {
		return err
	}
	defer exec.Command("docker", "rm", "--force", id).Run()
	address, err := output(ctx, "docker", "port", id, "8000/tcp")
	if err != nil {
		return err
	}
	body, err := ask(ctx, "http://"+strings.Fields(address)[0]+"/health")
	if err != nil {
		logs, _ := exec.Command("docker", "logs", id).CombinedOutput()
		return fmt.Errorf("%w\n%s", err, logs)
	}
	fmt.Printf("\ndocker run: the container answers GET /health:\n\n  %s\n", strings.TrimSpace(body))
	return nil
}

// ask tries until the service is up, for 30 seconds at most.
func ask(ctx context.Context, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		resp, err := http.Get(url)
		if err == nil {
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != http.StatusOK {
				return "", fmt.Errorf("GET %s: %s: %s", url, resp.Status, body)
			}
			return string(body), nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the service does not answer: %w", err)
		case <-tick.C:
		}
	}
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
