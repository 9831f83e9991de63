package test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An entry is how a project names the frontend.
type entry struct {
	name  string
	line1 string   // of pyproject.toml
	flags []string // of docker buildx build
	opts  []string // of buildctl's dockerfile.v0
}

func entries(t *testing.T) []entry {
	frontend := frontendImage(t)
	return []entry{
		{"stub", "", nil, []string{"filename=Dockerfile"}},
		{"line 1 of pyproject.toml", syntax(), []string{"-f", "pyproject.toml"}, []string{"filename=pyproject.toml"}},
		{"BUILDKIT_SYNTAX", "", []string{"-f", "pyproject.toml", "--build-arg", "BUILDKIT_SYNTAX=" + frontend},
			[]string{"filename=pyproject.toml", "build-arg:BUILDKIT_SYNTAX=" + frontend}},
	}
}

// Every entry, from every client, on every builder: the image starts and answers.
func TestEntries(t *testing.T) {
	variable(t, "BUILDKIT_HOST")
	for _, e := range entries(t) {
		p := service(t)
		p.toml = e.line1 + p.toml
		p.write(t)
		for _, b := range builders(t) {
			t.Run(e.name+"/buildx on "+b.name, func(t *testing.T) {
				tag := b.tag(t)
				argv := append([]string{"docker", "buildx", "build", "--load", "--tag", tag}, e.flags...)
				b.must(t, p.dir, append(argv, ".")...)
				knock(t, b.start(t, tag), anything).production(t)
			})
		}
		t.Run(e.name+"/buildctl", func(t *testing.T) {
			argv := []string{"--frontend", "dockerfile.v0"}
			for _, o := range e.opts {
				argv = append(argv, "--opt", o)
			}
			bare(t).buildctl(t, p.dir, argv...)
		})
	}
	t.Run("buildctl names the frontend itself", func(t *testing.T) {
		bare(t).buildctl(t, service(t).dir, "--frontend", "gateway.v0", "--opt", "source="+frontendImage(t))
	})
}

// buildctl builds an archive, which the engine loads, starts and asks.
func (b builder) buildctl(t *testing.T, dir string, argv ...string) {
	t.Helper()
	tag, archive := b.tag(t), filepath.Join(t.TempDir(), "image.tar")
	b.must(t, dir, append([]string{"buildctl", "build", "--local", "context=.", "--local", "dockerfile=.",
		"--output", "type=docker,name=" + tag + ",dest=" + archive}, argv...)...)
	b.must(t, dir, "docker", "load", "--input", archive)
	knock(t, b.start(t, tag), anything).production(t)
}

func TestBake(t *testing.T) {
	for _, b := range builders(t) {
		t.Run(b.name, func(t *testing.T) {
			p, tag := service(t), b.tag(t)
			p.files["docker-bake.hcl"] = fmt.Sprintf("target \"app\" {\n  context = \".\"\n  target = \"production\"\n  tags = [%q]\n}\n", tag)
			p.write(t)
			b.must(t, p.dir, "docker", "buildx", "bake", "--load", "app")
			knock(t, b.start(t, tag), anything).production(t)
		})
	}
}

const composeFile = `services:
  development:
    build: {context: ., target: development}
    volumes: [".:/app"]
    ports: ["127.0.0.1::8000"]
  production:
    build: .
    ports: ["127.0.0.1::8000"]
  inline:
    build:
      context: .
      dockerfile_inline: |
        %s        env = { DOOR = "inline" }
    ports: ["127.0.0.1::8000"]
`

// Compose builds and starts: development with the folder mounted over /app and a
// server that reloads, production, and a stub inside of compose.yaml.
func TestCompose(t *testing.T) {
	for _, b := range []builder{engine(t), classic(t)} {
		t.Run(b.name, func(t *testing.T) {
			p := service(t)
			p.files["compose.yaml"] = fmt.Sprintf(composeFile, syntax())
			p.write(t)
			c := b.compose(t, p.dir)
			c.must("build")
			c.must("up", "--detach")

			knock(t, c.port("production"), anything).production(t)
			knock(t, c.port("inline"), anything).production(t)
			if env := c.must("exec", "inline", "printenv", "DOOR"); env != "inline" {
				t.Errorf("the key below the syntax line of dockerfile_inline: %q", env)
			}

			port := c.port("development")
			knock(t, port, anything)
			edit(t, filepath.Join(p.dir, "shop/__init__.py"), `"open"`, `"ajar"`)
			knock(t, port, func(a answer) bool { return a.Door == "ajar" })
		})
	}
}

// composition is a compose project on one engine.
type composition struct {
	t       *testing.T
	b       builder
	dir     string
	project string
	flags   []string
}

func (b builder) compose(t *testing.T, dir string, flags ...string) composition {
	c := composition{t, b, dir, unique(t), flags}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(output(b.env, c.argv("logs")...))
		}
		output(b.env, c.argv("down", "--volumes", "--rmi", "local", "--timeout", "0")...)
	})
	return c
}

func (c composition) argv(more ...string) []string {
	argv := append([]string{"docker", "compose", "--project-directory", c.dir, "--project-name", c.project}, c.flags...)
	return append(argv, more...)
}

func (c composition) must(argv ...string) string {
	c.t.Helper()
	return c.b.must(c.t, c.dir, c.argv(argv...)...)
}

// port is where a service is reached.
func (c composition) port(service string) string {
	c.t.Helper()
	return strings.TrimSpace(c.must("port", service, "8000"))
}

func edit(t *testing.T, file, old, new string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.Replace(string(data), old, new, 1)), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
