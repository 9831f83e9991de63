package command

import (
	"strings"
	"testing"
)

func TestDeniedPath(t *testing.T) {
	for said, want := range map[string]string{
		"Traceback:\n  File \"/opt/venv/lib/x.py\", line 3\nPermissionError: [Errno 13] Permission denied: '/opt/venv/lib/python3.11/site-packages/p/b.css'\n": "/opt/venv/lib/python3.11/site-packages/p/b.css",
		"PermissionError: [Errno 13] Permission denied: '/opt/a' -> '/opt/b'":                                                                                  "/opt/a",
		"/bin/sh: 1: cannot create /opt/x: Permission denied":                                                                                                  "/opt/x",
		"mkdir: cannot create directory '/data': Permission denied\nsome more":                                                                                 "/data",
		"mkdir: cannot create directory ‘/data/a’: Permission denied":                                                                                          "/data/a",
		"Error: EACCES: permission denied, open '/usr/lib/node/x'\n":                                                                                           "/usr/lib/node/x",
		"cp: cannot create regular file '/srv/x': Permission denied\ncp: /app/y: Permission denied":                                                            "/srv/x",
		"PermissionError: [Errno 13] Permission denied: 'static/x'":                                                                                            "",
		"PermissionError: [Errno 13] Permission denied: '/app/x'":                                                                                              "",
		"psql: permission denied for table x":                                                                                                                  "",
		"FileNotFoundError: [Errno 2] No such file or directory: '/opt/x'":                                                                                     "",
		"": "",
	} {
		if got := deniedPath("/app", said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

// A command that may only write to the workdir gets a hint.
func TestExplain(t *testing.T) {
	app, root := user{10001, 10001}, user{0, 0}
	const said = "PermissionError: [Errno 13] Permission denied: '/opt/venv/lib/python3.11/site-packages/p/b.css'\n"
	what, hint := app.explain("/app", said)
	if what != ": it may not write /opt/venv/lib/python3.11/site-packages/p/b.css" {
		t.Error(what)
	}
	for _, part := range []string{"Make it write below /app", `user = "root"`, `project = "source"`} {
		if !strings.Contains(hint, part) {
			t.Errorf("no %q in %q", part, hint)
		}
	}
	if _, hint := app.explain("/app", "Permission denied: '/data/x'"); strings.Contains(hint, "project =") || !strings.Contains(hint, `user = "root"`) {
		t.Error(hint)
	}
	for _, other := range []struct {
		u    user
		said string
	}{{root, said}, {app, "ValueError"}} {
		if what, hint := other.u.explain("/app", other.said); what != "" || !strings.HasSuffix(hint, "It has no network, and writes to /app only.") {
			t.Errorf("%q, %q", what, hint)
		}
	}
}

// The end of an output is there, however long that is, and however it is written.
func TestTail(t *testing.T) {
	var said tail
	for range 1000 {
		said.Write([]byte(strings.Repeat("x", 1000)))
	}
	said.Write([]byte("the end"))
	if n := len(said.end); n < maxTail || n > 3*maxTail || !strings.HasSuffix(string(said.end), "xthe end") {
		t.Errorf("%d bytes", n)
	}
}
