package test

import (
	"strings"
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
