package test

import (
	"strings"
	"testing"
)

// A project whose build makes a module that its sources have not.
const wheelProject = `[build-system]
requires = []
build-backend = "backend"
backend-path = ["build_tools"]

[project]
name = "shop"
version = "1.0.0"
requires-python = ">=3.11,<3.14"

[project.scripts]
shop = "shop:main"

[tool.poetry.group.dev.dependencies]
devtool = "*"

[tool.quatrain]
python = "3.11"
project = "wheel"
`

// project = "wheel" installs what the project's own backend makes, and no source;
// include copies files besides; development has the sources all the same.
func TestProjectWheel(t *testing.T) {
	b := engine(t)
	p := newGitProject(t, "")
	p.toml = wheelProject + "\n[tool.quatrain.prepare]\ncommand = ['python', '-c', 'import shop.generated; open(\"made\", \"w\")']\n"
	p.files["build_tools/backend.py"] = strings.NewReplacer(
		`p.name != "backend.py"`, `p.parts[0] == "shop"`,
		"    files = sorted", "    pathlib.Path('shop/generated.py').write_text('text = \"made by the build\"\\n')\n        files = sorted",
		`        add(f"{info}/WHEEL"`, `        add(f"{info}/entry_points.txt", "[console_scripts]\nshop = shop:main\n")`+"\n"+`        add(f"{info}/WHEEL"`,
	).Replace(backend)
	p.files["shop/__init__.py"] = "def main():\n    from shop import generated\n    print(generated.text)\n"
	p.files["settings/live.toml"] = "x = 1\n"
	p.write(t)

	has := func(o outcome, names map[string]bool) {
		t.Helper()
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		for name, want := range names {
			if got := o.image.files[name] != nil; got != want {
				t.Errorf("%s is there: %v", name, got)
			}
		}
	}
	eachMode(t, func(t *testing.T, m mode) {
		o := build(t, m, request{dir: p.dir})
		has(o, map[string]bool{
			site + "shop/generated.py": true, site + "shop/__pycache__/generated.cpython-311.pyc": true, "/opt/venv/bin/shop": true,
			site + "shop.pth": false, "/app/shop/__init__.py": false, "/app/pyproject.toml": false, "/app/made": true,
		})
		if f := o.image.files[site+"shop/__pycache__/generated.cpython-311.pyc"]; f != nil && f.data[4] != 3 {
			t.Error("the byte code of the project's wheel is not checked against its source")
		}
		if o := build(t, m, request{dir: p.dir}); o.err != nil || len(o.ran) > 0 {
			t.Errorf("%v: the second build ran %q", o.err, o.ran)
		}
	})
	tag := b.tag(t)
	b.must(t, p.dir, "docker", "buildx", "build", "--load", "--tag", tag, ".")
	if e := b.must(t, "", "docker", "run", "--rm", tag); e != "made by the build" && !strings.Contains(e, "made by the build") {
		t.Errorf("the image prints %q", e)
	}
	has(build(t, buildx, request{dir: p.dir, opts: map[string]string{"target": "development"}}), map[string]bool{
		site + "shop.pth": true, site + "shop/__init__.py": false, site + "devtool.py": true,
	})

	p.toml = wheelProject + "include = [\"settings\"]\n"
	p.write(t)
	has(build(t, buildx, request{dir: p.dir}), map[string]bool{
		site + "shop/generated.py": true, "/app/settings/live.toml": true, "/app/shop/__init__.py": false,
	})

	p.files["build_tools/backend.py"] = "raise RuntimeError('no licence for this build')\n"
	p.write(t)
	fails(t, build(t, buildx, request{dir: p.dir, noImage: true}), "no licence for this build", "building shop 1.0.0")
}

// A wheel that is built of the project's folder has no secrets of it either, and what a
// package needs.
func TestLeftOutOfWheels(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		p := newGitProject(t, "")
		p.toml = wheelProject + "exclude = [\"!shop/fixtures/*.key\"]\n"
		p.files["build_tools/backend.py"] = strings.Replace(backend, `rglob("*.py") if p.name != "backend.py"`, `rglob("*") if p.is_file() and p.parts[0] in ("shop", "env")`, 1)
		for _, name := range []string{
			"shop/.env", "shop/.env.prod", "shop/conf/server.key", "shop/id_ed25519", "shop/node_modules/x.js", "shop/.DS_Store",
			"shop/.env.example", "shop/cacert.pem", "shop/fixtures/tls.key", "env/__init__.py",
		} {
			p.files[name] = "x = 1\n"
		}
		p.files["shop/__init__.py"] = "def main():\n    pass\n"
		p.write(t)
		o := build(t, m, request{dir: p.dir})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		for name, want := range map[string]bool{
			"shop/.env": false, "shop/.env.prod": false, "shop/conf/server.key": false, "shop/id_ed25519": false, "shop/node_modules/x.js": false, "shop/.DS_Store": false,
			"shop/__init__.py": true, "shop/.env.example": true, "shop/cacert.pem": true, "shop/fixtures/tls.key": true, "env/__init__.py": true,
		} {
			if got := o.image.files[site+name] != nil; got != want {
				t.Errorf("%s is there: %v", name, got)
			}
		}
	})
}
