package test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// A service that says what it is and as whom it runs, in the standard library's Python.
const (
	serviceToml = `[tool.quatrain]
python = "3.11"
command = "shop"
ports = [8000]

[tool.quatrain.target.development]
command = "reload"
`
	serviceCode = `import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer

import alpha, beta

class Door(BaseHTTPRequestHandler):
    def do_GET(self):
        answer = {"door": "open", "uid": os.getuid(), "alpha": alpha.x, "writable": os.access("/app", os.W_OK)}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

def main():
    HTTPServer(("", 8000), Door).serve_forever()
`
	// What a development server does: the program again when its file changes.
	reloadCode = `import os, subprocess, time

def stamp():
    return os.stat("/app/shop/__init__.py").st_mtime_ns

def main():
    while True:
        seen, child = stamp(), subprocess.Popen(["shop"])
        while stamp() == seen:
            time.sleep(0.05)
        child.kill()
        child.wait()
`
)

// service is shop with a door to knock at.
func service(t *testing.T) *project {
	reload := pindex.Wheel{Name: "devtool", Version: "0.2", Files: map[string]string{"devtool.py": reloadCode},
		EntryPoints: "[console_scripts]\nreload = devtool:main\n"}
	x := newIndex(t, alpha, beta, reload)
	return (&project{
		index: x,
		toml:  strings.Replace(plainProject, "[tool.quatrain]\npython = \"3.11\"\n", serviceToml, 1),
		locks: []locked{{wheel: alpha}, {wheel: beta}, {wheel: reload, group: "dev"}},
		files: map[string]string{"shop/__init__.py": serviceCode},
	}).write(t)
}

// answer is what the service says.
type answer struct {
	Door     string
	UID      int
	Alpha    int
	Writable bool
}

// knock asks until the service answers, or answers what is wanted, within a minute.
func knock(t *testing.T, address string, wanted func(answer) bool) answer {
	t.Helper()
	var last error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		var a answer
		data, err := get(address)
		if err == nil {
			err = json.Unmarshal(data, &a)
		}
		if err == nil && wanted(a) {
			return a
		}
		last = fmt.Errorf("answer %q, error %v", data, err)
	}
	t.Fatalf("http://%s: %v", address, last)
	return answer{}
}

func anything(answer) bool { return true }

func get(address string) ([]byte, error) {
	resp, err := http.Get("http://" + address)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %s", resp.Status)
	}
	return data, err
}

// production holds the answer against what an image for production promises.
func (a answer) production(t *testing.T) {
	t.Helper()
	if want := (answer{Door: "open", UID: 10001, Alpha: 1, Writable: false}); a != want {
		t.Errorf("the service answers %+v, want %+v", a, want)
	}
}

// start runs an image on the builder's engine and returns the address it answers at.
func (b builder) start(t *testing.T, image string, flags ...string) string {
	t.Helper()
	id := b.must(t, "", slices.Concat([]string{"docker", "run", "--detach", "--publish", "127.0.0.1::8000"}, flags, []string{image})...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(output(b.env, "docker", "logs", id))
		}
		output(b.env, "docker", "rm", "--force", id)
	})
	return b.must(t, "", "docker", "port", id, "8000/tcp")
}

// eventually tries for a minute.
func eventually(t *testing.T, try func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	t.Fatal(err)
}
