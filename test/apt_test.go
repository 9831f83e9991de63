package test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync/atomic"
	"testing"
)

// Debian's archive, for real: runtime packages are in every target, build packages in
// builder and development, and neither moves with the lock.
func TestApt(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := shop(t)
		p.toml = plainProject + "apt = [\"libpq5\"]\n\n[tool.quatrain.build]\napt = [\"make\"]\n"
		p.write(t)
		const libpq, tool = "/usr/lib/x86_64-linux-gnu/libpq.so.5", "/usr/bin/make"
		first := build(t, m, request{dir: p.dir})
		if first.err != nil {
			t.Fatalf("%v\n%s", first.err, first.log)
		}
		if first.image.files[libpq] == nil || first.image.files[tool] != nil {
			t.Errorf("production: libpq5 %v, make %v", first.image.files[libpq] != nil, first.image.files[tool] != nil)
		}
		for _, layer := range first.image.layers[1:] { // the first is the base's
			for _, name := range first.image.own[layer] {
				for _, trace := range []string{"/var/lib/apt/lists/", "/var/cache/apt/", "/var/log/apt/", "/var/log/dpkg.log"} {
					if strings.HasPrefix(name, trace) && !strings.Contains(name, "/.wh.") {
						t.Errorf("%s is left", name)
					}
				}
			}
		}
		for _, name := range []string{"/var/lib/dpkg/status", "/etc/ld.so.cache", "/usr/lib/x86_64-linux-gnu"} {
			if at := first.image.files[name].header.ModTime; at.Year() != 1980 {
				t.Errorf("%s says when it was written: %s", name, at)
			}
		}
		p.locks = p.locks[1:]
		p.write(t)
		o := build(t, m, request{dir: p.dir})
		if o.err != nil || len(withPrefix(o.ran, "[apt")) > 0 {
			t.Errorf("%v: a change of the lock ran %q", o.err, o.ran)
		}
		o = build(t, m, request{dir: p.dir, opts: map[string]string{"target": "development"}})
		if o.err != nil || o.image.files[libpq] == nil || o.image.files[tool] == nil {
			t.Errorf("%v: development lacks a package", o.err)
		}
		p.toml = plainProject + "apt = [\"no-such-package-of-debian\"]\n"
		p.write(t)
		o = build(t, m, request{dir: p.dir, noImage: true})
		if o.err == nil || !strings.Contains(printed(o.err), "Unable to locate package no-such-package-of-debian") {
			t.Errorf("%v", o.err)
		}
	})
}

// A mirror that one process of apt-get has no answer from: another one has. When none
// has, nothing older is installed instead.
func TestAptDownloadFails(t *testing.T) {
	for name, c := range map[string]struct {
		hangs int32 // processes that get no list
		want  string
	}{
		"once":   {1, ""},
		"always": {99, "E: Failed to fetch "},
	} {
		t.Run(name, func(t *testing.T) {
			var processes atomic.Int32
			through := &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, ErrorLog: discard}
			mirror := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/bookworm/InRelease") {
					processes.Add(1)
				}
				if strings.Contains(r.URL.Path, "/binary-") && processes.Load() <= c.hangs {
					panic(http.ErrAbortHandler)
				}
				through.ServeHTTP(w, r)
			}))
			t.Cleanup(mirror.Close)
			p := shop(t)
			p.toml = plainProject + "apt = [\"libpq5\"]\n"
			p.write(t)
			o := build(t, inProcess, request{dir: p.dir, opts: map[string]string{"no-cache": "", "build-arg:HTTP_PROXY": mirror.URL}})
			if c.want == "" {
				if o.err != nil || o.image.files["/usr/lib/x86_64-linux-gnu/libpq.so.5"] == nil {
					t.Errorf("%v\n%s", o.err, o.log)
				}
			} else if o.err == nil || !strings.Contains(printed(o.err), c.want) || !strings.Contains(printed(o.err), "HTTP_PROXY=") {
				t.Errorf("%v", printed(o.err))
			}
			if got := processes.Load(); got != min(c.hangs+1, 3) {
				t.Errorf("%d processes asked", got)
			}
		})
	}
}
