package test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

const watchFile = `services:
  development:
    build: {context: ., target: development, args: {UID: 1234, GID: 5678}}
    ports: ["127.0.0.1::8000"]
    develop:
      watch:
        - {action: sync, path: shop, target: /app/shop}
        - {action: rebuild, path: poetry.lock}
`

// docker compose watch: an edit of the code is copied into the container and served by
// its reload; a bump in the lock builds the image anew and starts it. Nothing is mounted,
// so the code is that of the image.
func TestComposeWatch(t *testing.T) {
	b := engine(t)
	p := service(t)
	p.files["compose.yaml"] = watchFile
	p.write(t)
	c := b.compose(t, p.dir)
	c.watch(t)
	knock(t, c.port("development"), func(a answer) bool { return a.Door == "open" && a.UID == 1234 })

	container := c.must("ps", "--quiet", "development")
	edit(t, filepath.Join(p.dir, "shop/__init__.py"), `"open"`, `"ajar"`)
	knock(t, c.port("development"), func(a answer) bool { return a.Door == "ajar" && a.Alpha == 1 })
	if now := c.must("ps", "--quiet", "development"); now != container {
		t.Error("an edit of the code made another container")
	}

	bumped := pindex.Wheel{Name: "alpha", Version: "1.1", Files: map[string]string{"alpha/__init__.py": "x = 2\n"}}
	p.index.Add(bumped)
	p.locks[0].wheel = bumped
	p.files["shop/__init__.py"] = strings.Replace(serviceCode, `"open"`, `"ajar"`, 1)
	p.write(t)
	eventually(t, func() error {
		if now := c.must("ps", "--quiet", "development"); now == container || now == "" {
			return fmt.Errorf("the container is the same")
		}
		return nil
	})
	knock(t, c.port("development"), func(a answer) bool { return a.Door == "ajar" && a.Alpha == 2 })
}

// What a container writes into a folder that is mounted belongs to the person whose
// numbers the image was built with.
func TestMountedFilesAreOnesOwn(t *testing.T) {
	b := engine(t)
	p := service(t)
	p.files["compose.yaml"] = watchFile
	p.write(t)
	if err := os.Chown(p.dir, 1234, 5678); err != nil {
		t.Fatal(err)
	}
	b.compose(t, p.dir).must("run", "--rm", "--volume", p.dir+":/app", "development", "python", "-c", "open('/app/written', 'w')")
	info, err := os.Stat(filepath.Join(p.dir, "written"))
	if err != nil {
		t.Fatal(err)
	}
	if s := info.Sys().(*syscall.Stat_t); s.Uid != 1234 || s.Gid != 5678 {
		t.Errorf("the file belongs to %d:%d", s.Uid, s.Gid)
	}
}

// watch starts docker compose watch, and returns when it watches.
func (c composition) watch(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	argv := c.argv("watch")
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.b.env...)
	said := &transcript{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // interrupted: how it ends says nothing
		if t.Failed() {
			t.Log(said)
		}
	})
	eventually(t, func() error {
		if !strings.Contains(said.String(), "Watch enabled") {
			return fmt.Errorf("compose does not watch:\n%s", said)
		}
		return nil
	})
}

// transcript is what a command that still runs has printed.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
