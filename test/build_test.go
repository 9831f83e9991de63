package test

import (
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

var (
	alpha = pindex.Wheel{Name: "alpha", Version: "1.0", Files: map[string]string{"alpha/__init__.py": "x = 1\n"},
		EntryPoints: "[console_scripts]\nalpha-run = alpha:main\n"}
	beta    = pindex.Wheel{Name: "beta", Version: "2.0", Files: map[string]string{"beta.py": "import alpha\n"}}
	devtool = pindex.Wheel{Name: "devtool", Version: "0.1", Files: map[string]string{"devtool.py": ""}}
)

const site = "/opt/venv/lib/python3.11/site-packages/"

func shop(t *testing.T) *project {
	x := newIndex(t, alpha, beta, devtool)
	return (&project{index: x, locks: []locked{{wheel: alpha}, {wheel: beta}, {wheel: devtool, group: "dev"}}}).write(t)
}

func TestProduction(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := build(t, m, request{dir: shop(t).dir})
		if o.err != nil {
			t.Fatalf("%v\n%s", o.err, o.log)
		}
		for _, name := range []string{
			site + "alpha/__init__.py", site + "alpha/__pycache__/__init__.cpython-311.pyc", site + "beta.py",
			site + "alpha-1.0.dist-info/RECORD", "/opt/venv/bin/alpha-run", "/opt/venv/bin/python", "/opt/venv/bin/shop",
			"/app/shop/__init__.py", "/app/shop/__pycache__/__init__.cpython-311.pyc", site + "shop.pth",
			site + "shop-1.0.0.dist-info/METADATA",
		} {
			if o.image.files[name] == nil {
				t.Errorf("%s is not there", name)
			}
		}
		if o.image.files[site+"devtool.py"] != nil {
			t.Error("production has a development package")
		}
		c := o.image.config.Config
		if c.User != "10001:10001" || c.WorkingDir != "/app" || !slices.Equal(c.Cmd, []string{"shop"}) {
			t.Errorf("user %q, workdir %q, command %q", c.User, c.WorkingDir, c.Cmd)
		}
		if !slices.ContainsFunc(c.Env, func(e string) bool { return strings.HasPrefix(e, "PATH=/opt/venv/bin:") }) {
			t.Errorf("environment %q", c.Env)
		}
		if f := o.image.files["/app/shop/__init__.py"]; f.header.Uid != 0 || f.header.Mode&0o022 != 0 {
			t.Errorf("the app's files belong to %d with mode %o", f.header.Uid, f.header.Mode)
		}
		if f := o.image.files["/etc/passwd"]; !strings.Contains(string(f.data), "app:x:10001") || !strings.Contains(string(f.data), "root:x:0") {
			t.Errorf("/etc/passwd: %s", f.data)
		}
	})
}

func TestDevelopment(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := build(t, m, request{dir: shop(t).dir, opts: map[string]string{"target": "development"}})
		if o.err != nil {
			t.Fatalf("%v\n%s", o.err, o.log)
		}
		if o.image.files[site+"devtool.py"] == nil {
			t.Error("development has no development package")
		}
		for name := range o.image.files {
			if strings.HasPrefix(name, "/opt/venv/") && strings.HasSuffix(name, ".pyc") {
				t.Fatalf("development has byte code: %s", name)
			}
		}
	})
}

// What is cached must stay so: this is promise 1.
func TestWarm(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := shop(t)
		dependencies := []string{"[locate", "[install", "[venv"}
		rebuild := func(what string, forbidden []string) {
			t.Helper()
			o := build(t, m, request{dir: p.dir})
			if o.err != nil {
				t.Fatalf("%s: %v\n%s", what, o.err, o.log)
			}
			ran := withPrefix(o.ran, forbidden...)
			ran = append(ran, slices.DeleteFunc(withPrefix(o.ran, "[compile] "), func(n string) bool { return n == "[compile] project" })...)
			if len(ran) > 0 {
				t.Errorf("%s ran %q", what, ran)
			}
			if n := p.index.requests(); what != "first" && n > 0 {
				t.Errorf("%s asked the index %d times", what, n)
			}
		}
		rebuild("first", nil)
		p.index.requests()
		rebuild("nothing changed", steps)
		p.files = map[string]string{"shop/__init__.py": "def main():\n    print('closed')\n"}
		p.write(t)
		rebuild("an edit of the app", dependencies)
		p.toml = strings.Replace(plainProject, "1.0.0", "1.0.1", 1) + "\n[tool.ruff]\nline-length = 100\n"
		p.write(t)
		rebuild("a version bump and a setting of ruff", dependencies)
	})
}
