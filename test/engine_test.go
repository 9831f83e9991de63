package test

import (
	"fmt"
	"strings"
	"testing"
)

// What the engine makes of an image's configuration: it finds the container well, ends it
// with the signal that was set, and tells what each layer is.
func TestOnTheEngine(t *testing.T) {
	b, p := engine(t), service(t)
	p.toml = strings.Replace(p.toml, "ports = [8000]\n", `ports = [8000]
healthcheck = { command = ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000')"], interval = "250ms", timeout = "20s", retries = 40 }
stop-signal = "SIGINT"
`, 1)
	p.write(t)
	tag, name := b.tag(t), unique(t)
	b.must(t, p.dir, "docker", "buildx", "build", "--load", "--tag", tag, ".")

	b.must(t, "", "docker", "run", "--detach", "--name", name, tag)
	t.Cleanup(func() { output(b.env, "docker", "rm", "--force", name) })
	eventually(t, func() error {
		if status := b.must(t, "", "docker", "inspect", "--format", "{{.State.Health.Status}}", name); status != "healthy" {
			return fmt.Errorf("the container is %s", status)
		}
		return nil
	})
	b.must(t, "", "docker", "stop", "--time", "60", name)
	if said := b.run(t, "", "docker", "logs", name).all(); !strings.Contains(said, "KeyboardInterrupt") {
		t.Errorf("SIGINT did not end the service, which said:\n%s", said)
	}

	history := b.must(t, "", "docker", "history", "--no-trunc", "--format", "{{.CreatedBy}} ({{.Comment}})", tag)
	lines := strings.Split(history, "\n")
	for i, want := range []string{"byte code of the project", "copy the project to /app", "install the project: shop 1.0.0"} {
		if i >= len(lines) || lines[i] != want+" (quatrain)" {
			t.Errorf("line %d of the history is not %q:\n%s", i+1, want, history)
		}
	}
}
