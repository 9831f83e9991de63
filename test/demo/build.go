package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
)

// builder builds one project with docker buildx and pushes the image.
type builder struct {
	project, image string
	seen           map[string]bool // blobs that the registry has
}

// result is what one build cost.
type result struct {
	name     string
	seconds  float64
	vertices []*client.Vertex // in order of their start
	pushed   int64            // bytes that the registry did not have
}

func (b *builder) stub() string {
	data, err := os.ReadFile(filepath.Join(b.project, "Dockerfile"))
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func (b *builder) build(ctx context.Context, name string) (*result, error) {
	fmt.Printf("… %s\n", name)
	args := []string{"buildx", "build", "--builder", os.Getenv("QUATRAIN_BUILDER"), "--progress", "rawjson",
		"--provenance=false", "--output", "type=image,name=" + b.image + ",push=true,registry.insecure=true"}
	if ca := os.Getenv("QUATRAIN_CA"); ca != "" {
		args = append(args, "--secret", "id=ca,src="+ca)
	}
	cmd := exec.CommandContext(ctx, "docker", append(args, b.project)...)
	progress, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := &result{name: name}
	rest := r.follow(progress)
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("docker %s: %w\n%s", strings.Join(args[:2], " "), err, rest)
	}
	r.seconds = time.Since(begin).Seconds()
	r.pushed, err = b.newBytes()
	return r, err
}

// follow reads buildx's raw progress; what is not progress is an error's text.
func (r *result) follow(progress io.Reader) (rest string) {
	byDigest := map[string]*client.Vertex{}
	lines := bufio.NewScanner(progress)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var s client.SolveStatus
		if json.Unmarshal(lines.Bytes(), &s) != nil {
			rest += lines.Text() + "\n"
			continue
		}
		for _, v := range s.Vertexes {
			id := v.Digest.String()
			if byDigest[id] == nil {
				r.vertices = append(r.vertices, v)
			} else if byDigest[id].Cached {
				v.Cached = true
			}
			byDigest[id] = v
		}
	}
	for i, v := range r.vertices {
		r.vertices[i] = byDigest[v.Digest.String()]
	}
	return rest
}

// ran are the steps that were not cached. Of downloads and file operations
// BuildKit reports the computing of the cache key as a run: they are not counted.
func (r *result) ran() []string {
	var names []string
	for _, v := range r.vertices {
		if !v.Cached && v.Started != nil && slices.Contains([]string{"locate", "install", "compile", "venv", "apt"}, operation(v.Name)) {
			names = append(names, v.Name)
		}
	}
	return names
}

// operation is the bracketed word of a vertex of ours: "install", "compile" …; ""
// for BuildKit's own.
func operation(name string) string {
	rest, ok := strings.CutPrefix(name, "[")
	if !ok {
		return ""
	}
	word, _, _ := strings.Cut(rest, "]")
	word, _, _ = strings.Cut(word, " ")
	switch word {
	case "internal", "auth":
		return ""
	}
	return word
}
