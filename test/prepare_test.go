package test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// collect is what prepares shop's files: it has no network, and is the image's user.
const collect = `
import os, socket, pathlib, alpha
assert os.getuid() == 10001 and os.getcwd() == "/app" and os.environ["ONLY_HERE"] == "yes"
try:
    socket.create_connection(("127.0.0.1", 1), 1)
except OSError as e:
    assert [i for _, i in socket.if_nameindex()] == ["lo"], "there is a network"
pathlib.Path("static").mkdir()
pathlib.Path("static/one.txt").write_text(str(alpha.x))
pathlib.Path("/tmp/dropped").write_text("")
print("collected", "one")
`

// preparing is shop with a command that prepares it, of some words of TOML.
func preparing(t *testing.T, command string) *project {
	t.Helper()
	p := shop(t)
	p.toml = plainProject + "[tool.quatrain.prepare]\ncommand = " + command + "\nenv = {ONLY_HERE = \"yes\"}\n"
	p.files = map[string]string{"collect.py": collect}
	return p.write(t)
}

// A project's own command is the last layer: of an edit it runs again, and nothing else
// does.
func TestPrepare(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := preparing(t, `"python collect.py"`)
		o := build(t, m, request{dir: p.dir, opts: map[string]string{"no-cache-filter": "production"}})
		if o.err != nil {
			t.Fatalf("%v\n%s", o.err, o.log)
		}
		if strings.Count(o.log, "collected one") != 1 {
			t.Errorf("its output is not in:\n%s", o.log)
		}
		im := o.image
		top := im.layers[len(im.layers)-1]
		if own := slices.Sorted(slices.Values(im.own[top])); !slices.Equal(own, []string{"/app", "/app/static", "/app/static/one.txt"}) {
			t.Errorf("the layer holds %q", own)
		}
		if f := im.files["/app/static/one.txt"]; f == nil || string(f.data) != "1" || f.header.Uid != 0 || f.header.Mode&0o777 != 0o644 || f.header.ModTime.Year() != 1980 {
			t.Errorf("the file is %+v", f)
		}
		if h := im.config.History; h[len(h)-1].CreatedBy != "prepare: python collect.py" {
			t.Errorf("history: %+v", h[len(h)-1])
		}
		if slices.ContainsFunc(im.config.Config.Env, func(e string) bool {
			return strings.HasPrefix(e, "ONLY_HERE") || strings.HasPrefix(e, "PYTHONHASHSEED")
		}) {
			t.Errorf("the image's environment: %q", im.config.Config.Env)
		}
		if o := build(t, m, request{dir: p.dir, noImage: true}); o.err != nil || len(o.ran) > 0 {
			t.Errorf("%v: a second build ran %q", o.err, o.ran)
		}
		p.files["extra.py"] = "at = \"" + unique(t) + "\"\n"
		p.write(t)
		o = build(t, m, request{dir: p.dir})
		if o.err != nil || len(withPrefix(o.ran, "[prepare")) != 1 || len(withPrefix(o.ran, "[install", "[locate", "[venv")) > 0 {
			t.Errorf("%v: an edit ran %q", o.err, o.ran)
		}
		if !slices.Contains(o.image.layers, top) {
			t.Error("an edit that the command does not look at changed its layer")
		}
		for _, target := range []string{"base", "builder", "development"} {
			if o := build(t, m, request{dir: p.dir, noImage: true, opts: map[string]string{"target": target}}); o.err != nil || len(withPrefix(o.ran, "[prepare")) > 0 {
				t.Errorf("%s: %v, ran %q", target, o.err, o.ran)
			}
		}
	})
}

// What goes wrong is said with the line of the command.
func TestPrepareFails(t *testing.T) {
	for command, want := range map[string][]string{
		`["python", "-c", "import sys; print('what', 'happened'); sys.exit(3)"]`: {"exit status 3", "Read the command's output in the build log above. It has no network, and writes to /app only."},
		`["python", "-c", "import os; os.remove('shop/__init__.py')"]`:           {"the command removed files of the project: shop/__init__.py", "Leave the files out with `exclude`: the command adds a layer, and a layer cannot remove files."},
		`"node build.js"`: {"command not found in the image: node"},
		`["python", "-c", "open('/opt/venv/x', 'w')"]`: {"exit status 1: it may not write /opt/venv/x", "Make it write below /app", `set user = "root"`},
		`["python", "-c", "import sysconfig; open(sysconfig.get_path('purelib') + '/made.css', 'w')"]`: {
			"it may not write /opt/venv/lib/python3.11/site-packages/made.css", `project = "source" has it below /app`,
		},
	} {
		eachMode(t, func(t *testing.T, m mode) {
			fails(t, build(t, m, request{dir: preparing(t, command).dir, noImage: true}), append(want, ">>> command")...)
		})
	}
}

// For another platform it takes emulation, which is said before and after.
func TestPrepareEmulated(t *testing.T) {
	notEmulated(t)
	p := preparing(t, `"python collect.py"`)
	p.toml = newest(p.toml)
	p.write(t)
	o := build(t, inProcess, request{dir: p.dir, opts: map[string]string{"platform": "linux/amd64,linux/arm64"}, noImage: true})
	fails(t, o, ">>> command", "linux/arm64: python: ", "exec format error", "register emulation with the kernel (binfmt_misc)")
	if want := "python collect.py runs on linux/arm64, and this builder is linux/amd64"; strings.Count(o.log, want) != 1 {
		t.Errorf("no %q in:\n%s", want, o.log)
	}
}

// examples/django on an engine: the static files of the image are collected, under the
// names that its pages ask for. It is made twice, with the same bytes.
func TestDjango(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "django")
	must(t, os.CopyFS(dir, os.DirFS("../examples/django")))
	must(t, os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(syntax()), 0o644))
	r := request{dir: dir, secrets: machineCA(t)}
	first := build(t, buildx, r)
	r.opts = map[string]string{"no-cache": ""}
	second := build(t, buildx, r)
	if first.err != nil || second.err != nil {
		t.Fatalf("%v\n%s\n%v\n%s", first.err, first.log, second.err, second.log)
	}
	if len(withPrefix(second.ran, "[prepare")) != 1 {
		t.Errorf("only %q ran: nothing is compared", second.ran)
	}
	same(t, first.image, second.image)
	for name := range maps.Keys(first.image.files) {
		if strings.HasPrefix(name, "/app/static/") && strings.HasSuffix(name, ".pyc") {
			t.Errorf("%s is there", name)
		}
	}

	b := engine(t)
	image := b.tag(t)
	delete(r.opts, "no-cache")
	b.must(t, dir, append([]string{"docker", "buildx", "build", "--load", "--tag", image}, r.argv(t)...)...)
	address := b.start(t, image, "--read-only", "--tmpfs", "/tmp", "--env", "DJANGO_SECRET_KEY="+unique(t))
	var page []byte
	eventually(t, func() (err error) {
		page, err = get(address + "/")
		return err
	})
	sheet := regexp.MustCompile(`/static/notes/notes\.[0-9a-f]{12}\.css`).Find(page)
	if sheet == nil {
		t.Fatalf("the page names no collected file: %s", page)
	}
	css, err := get(address + string(sheet))
	must(t, err)
	paper := regexp.MustCompile(`paper\.[0-9a-f]{12}\.svg`).Find(css)
	if paper == nil {
		t.Fatalf("the style sheet names no collected file: %s", css)
	}
	if _, err := get(address + "/static/notes/" + string(paper)); err != nil {
		t.Error(err)
	}
}
