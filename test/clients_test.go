package test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/buildkit/client"
)

// builder is a daemon that builds, as the clients that users have reach it.
type builder struct {
	name string
	env  []string // makes docker, buildx and compose use it; images are loaded into the engine that it names
}

// bare is the lab's buildkitd.
func bare(t *testing.T) builder {
	return builder{"bare", []string{"BUILDX_BUILDER=" + variable(t, "QUATRAIN_BUILDER"), "DOCKER_HOST=" + variable(t, "DOCKER_HOST")}}
}

// engine is Docker Engine's own builder, with the containerd image store.
func engine(t *testing.T) builder {
	return builder{"engine", []string{"DOCKER_HOST=" + variable(t, "DOCKER_HOST")}}
}

// classic is the same with the classic image store, which has no MergeOp.
func classic(t *testing.T) builder {
	return builder{"classic", []string{"DOCKER_HOST=" + variable(t, "QUATRAIN_DOCKER_HOST_CLASSIC")}}
}

// builders are all of them.
func builders(t *testing.T) []builder { return []builder{bare(t), engine(t), classic(t)} }

// variable is what `lab env` prints under a name. Outside of the lab the test is
// skipped; inside, what is missing is a failure.
func variable(t *testing.T, name string) string {
	t.Helper()
	if os.Getenv("BUILDKIT_HOST") == "" {
		t.Skip("BUILDKIT_HOST is not set: `make integration` brings up what this needs and sets it")
	}
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: `make integration` brings up what this needs and sets it", name)
	}
	return v
}

// ended is a command that has run.
type ended struct {
	stdout, stderr string
	code           int
}

// all is what a terminal would show.
func (e ended) all() string { return e.stderr + e.stdout }

// run runs a client in a folder, to its end, whatever its exit status.
func (b builder) run(t *testing.T, dir string, argv ...string) ended {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), b.env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%q: %v", argv, err)
	}
	return ended{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// must runs a client that has to succeed, and returns what it printed to stdout.
func (b builder) must(t *testing.T, dir string, argv ...string) string {
	t.Helper()
	e := b.run(t, dir, argv...)
	if e.code != 0 {
		t.Fatalf("%q on %s ended with %d:\n%s", argv, b.name, e.code, e.all())
	}
	return strings.TrimSpace(e.stdout)
}

// output is what a command prints, when the test itself is over.
func output(env []string, argv ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), env...)
	text, _ := cmd.CombinedOutput()
	return string(text)
}

// unique is a name that no other test and no earlier run has.
func unique(t *testing.T) string {
	t.Helper()
	id := make([]byte, 6)
	rand.Read(id)
	return "quatrain-test-" + hex.EncodeToString(id)
}

// tag is a name for an image, which the builder's engine forgets after the test.
func (b builder) tag(t *testing.T) string {
	t.Helper()
	name := unique(t)
	t.Cleanup(func() { output(b.env, "docker", "rmi", "--force", name) })
	return name
}

// buildx runs one request through `docker buildx build`.
func (b builder) buildx(t *testing.T, r request) outcome {
	t.Helper()
	argv := append([]string{"docker", "buildx", "build", "--progress", "rawjson"}, r.argv(t)...)
	archive := filepath.Join(t.TempDir(), "image.tar")
	if !r.noImage {
		argv = append(argv, "--output", "type=oci,dest="+archive)
		if r.opts["attest:provenance"] == "" {
			argv = append(argv, "--provenance=false")
		}
	}
	e := b.run(t, r.dir, argv...)
	o := readProgress(e.stderr)
	if e.code != 0 {
		o.err = errors.New(o.text)
	} else if !r.noImage {
		o.archive, o.image = archive, readImage(t, archive)
	}
	return o
}

// argv is what buildx is given for a request: the context, and all but the output.
func (r request) argv(t *testing.T) []string {
	t.Helper()
	var argv []string
	if r.file != "" {
		argv = append(argv, "--file", r.file)
	}
	where := "."
	for _, k := range slices.Sorted(maps.Keys(r.opts)) {
		if k == "context" {
			where = r.opts[k]
			continue
		}
		argv = append(argv, flags(k, r.opts[k])...)
	}
	for _, name := range slices.Sorted(maps.Keys(r.folders)) {
		argv = append(argv, "--build-context", name+"="+r.folders[name])
	}
	for _, a := range r.ssh {
		argv = append(argv, "--ssh", a)
	}
	for _, id := range slices.Sorted(maps.Keys(r.secrets)) {
		file := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(file, r.secrets[id], 0o600); err != nil {
			t.Fatal(err)
		}
		argv = append(argv, "--secret", "id="+id+",src="+file)
	}
	return append(append(argv, r.flags...), where)
}

// flags are buildx's for an option of the frontend.
func flags(option, value string) []string {
	kind, name, _ := strings.Cut(option, ":")
	switch {
	case kind == "build-arg" || kind == "label":
		return []string{"--" + kind, name + "=" + value}
	case kind == "attest":
		return []string{"--" + name, value}
	case kind == "no-cache" && value == "":
		return []string{"--no-cache"}
	case kind == "no-cache":
		return []string{"--no-cache-filter", value}
	}
	return []string{"--" + option, value}
}

// readProgress separates what --progress rawjson prints from what a person reads.
func readProgress(stderr string) outcome {
	var p progress
	var text strings.Builder
	for line := range strings.Lines(stderr) {
		var s client.SolveStatus
		if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), &s) == nil {
			p.add(&s)
			continue
		}
		text.WriteString(line)
	}
	return outcome{ran: p.ran(), began: p.began(), log: p.text.String(), text: text.String()}
}
