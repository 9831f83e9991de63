package test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stamping is shop with a command that changes one module and writes another.
func stamping(t *testing.T, settings string) *project {
	t.Helper()
	p := shop(t)
	p.toml = plainProject + settings + `
[tool.quatrain.prepare]
command = ["python", "-c", "open('shop/build_info.py', 'w').write('COMMIT = \"abc123\"\\n'); open('shop/made.py', 'w').write('x = 1\\n')"]
`
	p.files = map[string]string{
		"shop/build_info.py": "COMMIT = \"unknown\"\n",
		"shop/settings.py":   "DEBUG = False\n",
		"show.py":            "import shop.build_info, shop.made, shop.settings\nprint(shop.build_info.COMMIT, shop.settings.DEBUG)\n",
	}
	return p.write(t)
}

// A module that the project's command changes, or that is mounted over, is the one that
// runs, and where byte code can be written or not.
func TestChangedSources(t *testing.T) {
	b := engine(t)
	p, tag := stamping(t, `command = ["python", "show.py"]`), b.tag(t)
	b.must(t, p.dir, "docker", "buildx", "build", "--load", "--tag", tag, ".")
	mounted := filepath.Join(t.TempDir(), "settings.py")
	must(t, os.WriteFile(mounted, []byte("DEBUG = True\n"), 0o644))
	for _, flags := range [][]string{nil, {"--read-only"}, {"--user", "0:0"}} {
		for volume, want := range map[string]string{"": "abc123 False", mounted + ":/app/shop/settings.py:ro": "abc123 True"} {
			argv := slices.Concat([]string{"docker", "run", "--rm"}, flags)
			if volume != "" {
				argv = append(argv, "--volume", volume)
			}
			if got := b.must(t, "", append(argv, tag)...); got != want {
				t.Errorf("%q: %s, want %s", argv, got, want)
			}
		}
	}
}

// The byte code of the project's own modules, of its sources and of its wheel, is checked
// against their sources when they are imported; that of packages is not. What the command
// has changed gets new byte code, in the same layer.
func TestByteCodeKinds(t *testing.T) {
	const checked, unchecked = 3, 1
	eachMode(t, func(t *testing.T, m mode) {
		o := build(t, m, request{dir: stamping(t, "").dir})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		im := o.image
		for name, kind := range map[string]byte{
			"/app/shop/__pycache__/build_info.cpython-311.pyc": checked, "/app/shop/__pycache__/made.cpython-311.pyc": checked,
			"/app/shop/__pycache__/settings.cpython-311.pyc": checked, site + "alpha/__pycache__/__init__.cpython-311.pyc": unchecked,
		} {
			if f := im.files[name]; f == nil || f.data[4] != kind {
				t.Errorf("%s: %+v, want one of kind %d", name, f, kind)
			}
		}
		top := im.own[im.layers[len(im.layers)-1]]
		want := []string{"/app", "/app/shop", "/app/shop/__pycache__", "/app/shop/__pycache__/build_info.cpython-311.pyc",
			"/app/shop/__pycache__/made.cpython-311.pyc", "/app/shop/build_info.py", "/app/shop/made.py"}
		if got := slices.Sorted(slices.Values(top)); !slices.Equal(got, want) {
			t.Errorf("the command's layer has %q", got)
		}
		if f := im.files["/app/shop/__pycache__/build_info.cpython-311.pyc"]; f != nil && (!strings.Contains(string(f.data), "abc123") || f.header.ModTime.Year() != 1980 || f.header.Uid != 0) {
			t.Errorf("the byte code is not that of the changed module: %+v", f.header)
		}

		o = build(t, m, request{dir: stamping(t, "compile = false\n").dir})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		for name := range o.image.files {
			if strings.HasPrefix(name, "/app/") && strings.HasSuffix(name, ".pyc") {
				t.Errorf("compile = false: %s is there", name)
			}
		}
	})
}
