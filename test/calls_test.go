package test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// call asks and does not build. Clients do not fall back to the Dockerfile frontend,
// which would read TOML as a Dockerfile, as long as each of these is answered.
func (b builder) call(t *testing.T, dir string, argv ...string) ended {
	t.Helper()
	return b.run(t, dir, append(append([]string{"docker", "buildx", "build", "--progress", "quiet"}, argv...), ".")...)
}

func TestCalls(t *testing.T) {
	for _, b := range builders(t) {
		t.Run(b.name, func(t *testing.T) {
			p := service(t)
			p.toml += "\n[tool.quatrain.target.worker]\ncommand = \"alpha-run\"\n"
			p.write(t)
			for call, want := range map[string]string{
				"targets": `
TARGET               DESCRIPTION
base                 the base image with runtime packages, user and environment
builder              base with build packages and the virtual environment
production (default) the main group and the project
development          all groups that are not optional, and the project, to mount your source over
test                 runs the tests in the development image; files written to /reports are the output
worker               your own, from production
`,
				"outline": `
TARGET:      worker
DESCRIPTION: your own, from production

BUILD ARG           VALUE   DESCRIPTION
PYTHON_VERSION      3.12    version of Python, minor or release
project-dir                 folder of the project in the build context
UID                         ID of the image's user, for bind mounts
GID                         ID of the group of that user
SOURCE_DATE_EPOCH           creation time of the image, in seconds since 1970

SECRET   REQUIRED
ca
`,
				"subrequests.describe": `
NAME                 VERSION DESCRIPTION
outline              1.0.0   List all parameters current build target supports
targets              1.0.0   List all targets current build supports
lint                 1.0.0   Lint a Dockerfile
sbom                 1.0.0   SPDX document of the target's image
subrequests.describe 1.0.0   List available subrequest types
`,
				"check": "\nCheck complete, no warnings found.\n",
			} {
				e := b.call(t, p.dir, "--call", call, "--target", "worker", "--build-arg", "PYTHON_VERSION=3.12")
				if e.code != 0 {
					t.Errorf("--call %s ended with %d:\n%s", call, e.code, e.all())
				}
				if diff := cmp.Diff(lines(want), lines(e.stdout)); diff != "" {
					t.Errorf("--call %s (-want +got):\n%s", call, diff)
				}
			}
		})
	}
}

// lines are without what is blank at their ends, and without empty ones.
func lines(text string) []string {
	var all []string
	for l := range strings.Lines(text) {
		if l = strings.TrimRight(l, " \n"); l != "" {
			all = append(all, l)
		}
	}
	return all
}

// Tools read the answers as JSON.
func TestCallJSON(t *testing.T) {
	e := bare(t).call(t, service(t).dir, "--call", "targets,format=json")
	var list struct {
		Targets []struct {
			Name    string
			Default bool
		}
	}
	if err := json.Unmarshal([]byte(e.stdout), &list); err != nil {
		t.Fatalf("%v:\n%s", err, e.all())
	}
	if len(list.Targets) != 5 || list.Targets[2].Name != "production" || !list.Targets[2].Default {
		t.Errorf("targets %+v", list.Targets)
	}
}

// --check prints each finding with its lines, and its exit status is for CI.
func TestCheck(t *testing.T) {
	// buildx writes the name of --file above every excerpt: the message names the right one.
	want := []string{"RootUser", "or name another user (pyproject.toml:15)", `15 | >>> user = "root"`}
	p := service(t)
	p.toml = strings.Replace(p.toml, "ports =", "user = \"root\"\nports =", 1)
	p.files["compose.yaml"] = fmt.Sprintf(composeFile, syntax())
	p.write(t)
	for _, b := range builders(t) {
		t.Run("buildx on "+b.name, func(t *testing.T) {
			says(t, b.call(t, p.dir, "--check"), 1, want...)
		})
	}
	t.Run("compose", func(t *testing.T) {
		b := engine(t)
		says(t, b.run(t, p.dir, b.compose(t, p.dir).argv("build", "--check", "production")...), 1, want...)
	})
	t.Run("stub", func(t *testing.T) {
		p := service(t)
		p.files["root.Dockerfile"] = syntax() + "user = \"root\"\n"
		p.write(t)
		says(t, bare(t).call(t, p.dir, "--check", "--file", "root.Dockerfile"), 1, "or name another user\nroot.Dockerfile:2", `2 | >>> user = "root"`)
	})
	t.Run("not TOML", func(t *testing.T) {
		p.files["pyproject.toml"] = "[project]\nname = shop\n"
		p.write(t)
		says(t, bare(t).call(t, p.dir, "--check"), 1, ">>> name = shop", "pyproject.toml:2: not valid TOML")
	})
}

// says holds an exit status and texts against what a client did.
func says(t *testing.T, e ended, code int, wanted ...string) {
	t.Helper()
	if e.code != code {
		t.Errorf("exit status %d, want %d", e.code, code)
	}
	for _, want := range wanted {
		if !strings.Contains(e.all(), want) {
			t.Errorf("no %q in:\n%s", want, e.all())
		}
	}
}
