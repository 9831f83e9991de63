package test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// The target "test" runs its command as the image's user; the build fails with it, and
// what it writes to /reports is the result.
func TestTestTarget(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := shop(t)
		passes := `import os, shop, devtool; open("/reports/ok", "w").write(str(os.getuid())); open("left-behind", "w")`
		p.toml = plainProject + "[tool.quatrain.target.test]\ncommand = ['python', '-c', '" + passes + "']\n"
		p.write(t)
		request := request{dir: p.dir, opts: map[string]string{"target": "test"}}
		o := build(t, m, request)
		if o.err != nil {
			t.Fatalf("%v\n%s", o.err, o.log)
		}
		if f := o.image.files["/ok"]; f == nil || string(f.data) != "10001" {
			t.Errorf("the result holds %v", o.image.files)
		}
		if o := build(t, m, request); o.err != nil || len(o.ran) > 0 {
			t.Errorf("%v: the second build ran %q", o.err, o.ran)
		}
		p.toml = plainProject + "[tool.quatrain.target.test]\ncommand = ['python', '-c', 'import sys; print(\"two\", \"failed\"); sys.exit(3)']\n"
		p.write(t)
		request.noImage = true
		o = build(t, m, request)
		if o.err == nil {
			t.Fatal("the build succeeded")
		}
		for _, want := range []string{">>> command", "exit status 3"} {
			if !strings.Contains(printed(o.err), want) {
				t.Errorf("no %q in:\n%s", want, printed(o.err))
			}
		}
		if n := strings.Count(o.log, "two failed"); n != 1 {
			t.Errorf("the tests ran %d times:\n%s", n, o.log)
		}
	})
}

// UID and GID are the numbers of the person whose working copy is mounted.
func TestUIDArgument(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := build(t, m, request{dir: shop(t).dir, opts: map[string]string{"target": "development", "build-arg:UID": "1234", "build-arg:GID": "5678"}})
		if o.err != nil {
			t.Fatalf("%v\n%s", o.err, o.log)
		}
		if o.image.config.Config.User != "1234:5678" {
			t.Errorf("user %q", o.image.config.Config.User)
		}
		if f := o.image.files["/etc/passwd"]; !strings.Contains(string(f.data), "app:x:1234:5678") {
			t.Errorf("/etc/passwd: %s", f.data)
		}
		o = build(t, m, request{dir: shop(t).dir, opts: map[string]string{"build-arg:UID": "0"}, noImage: true})
		if o.err == nil || !strings.Contains(o.err.Error(), "ordinary user") {
			t.Errorf("%v", o.err)
		}
	})
}

// A development image after one of production installs what it adds, and a target from
// production nothing.
func TestTargetsShareSteps(t *testing.T) {
	never := time.Now().UnixNano() // seen before: the daemon remembers earlier runs
	wheel := func(name string) pindex.Wheel {
		return pindex.Wheel{Name: name, Version: "1.0", Files: map[string]string{name + ".py": fmt.Sprintf("x = %d\n", never)}}
	}
	x := newIndex(t)
	p := &project{index: x, toml: plainProject + "[tool.quatrain.target.worker]\nfrom = \"production\"\ncommand = \"work\"\n"}
	for i := range 12 { // as many as bring some of both into each slot
		main, dev := wheel(fmt.Sprintf("main%d", i)), wheel(fmt.Sprintf("dev%d", i))
		x.Add(main)
		x.Add(dev)
		p.locks = append(p.locks, locked{wheel: main}, locked{wheel: dev, group: "dev"})
	}
	p.write(t)
	ran := func(target string) []string {
		o := build(t, inProcess, request{dir: p.dir, opts: map[string]string{"target": target}})
		if o.err != nil {
			t.Fatalf("%s: %v\n%s", target, o.err, o.log)
		}
		return withPrefix(o.ran, "[install", "[compile", "[venv")
	}
	if all := withPrefix(ran("production"), "[install"); len(all) != 2 {
		t.Errorf("production ran %q", all)
	}
	if all := ran("development"); len(all) != 1 || !strings.HasPrefix(all[0], "[install further small] dev0, ") {
		t.Errorf("development ran %q", all)
	}
	if all := ran("worker"); len(all) > 0 {
		t.Errorf("a target from production ran %q", all)
	}
}
