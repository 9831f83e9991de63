package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// withPython is plainProject with another line for its Python, or none.
func withPython(line string) string {
	return strings.Replace(plainProject, "python = \"3.11\"\n", line, 1)
}

// tagged locks a package that has a wheel for each of the tags, and adds these to the index.
func (p *project) tagged(group, name string, more []pindex.Dist, tags ...string) {
	var files strings.Builder
	for _, tag := range tags {
		w := pindex.Wheel{Name: name, Version: "1.0", Tag: tag, Files: map[string]string{name + ".py": "tag = \"" + tag + "\"\n"}}
		more = append(more, w)
	}
	for _, d := range more {
		p.index.Add(d)
		fmt.Fprintf(&files, "    {file = %q, hash = \"sha256:%s\"},\n", d.Filename(), pindex.SHA256(d))
	}
	p.locks = append(p.locks, locked{entry: p.fromIndex(fmt.Sprintf("[[package]]\nname = %q\nversion = \"1.0\"\ndescription = \"\"\noptional = false\n"+
		"python-versions = \"*\"\ngroups = [%q]\nfiles = [\n%s]\n", name, group, files.String()))})
}

// old has wheels for 3.11 on both platforms, and for 3.13 on one of them.
var old = []string{"cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_aarch64", "cp313-cp313-manylinux_2_17_x86_64"}

// All targets and platforms have one Python, by plan, by llb and by builds; all say why.
func TestOnePythonForAll(t *testing.T) {
	const why = "Python 3.11 is chosen, and not 3.13, for which the lock has no file of old (pyproject.toml:4)"
	for _, group := range []string{"main", "dev"} {
		x := newIndex(t, devtool)
		p := &project{index: x, toml: withPython(""), locks: []locked{{wheel: devtool, group: "dev"}}}
		p.tagged(group, "old", nil, old...)
		p.tagged("main", "ancient", []pindex.Dist{pindex.Wheel{Name: "ancient", Version: "1.0"}}, "py2-none-any") // rules nothing out
		p.write(t)
		for _, target := range []string{"production", "development"} {
			for _, platforms := range []string{"linux/amd64", "linux/arm64", "linux/amd64,linux/arm64"} {
				opts := map[string]string{"filename": "Dockerfile", "target": target, "platform": platforms}
				client := &offline.Client{Dir: p.dir, Opts: opts}
				plans, err := frontend.Plans(t.Context(), client, frontend.PlanOptions{})
				if err != nil {
					t.Fatal(err)
				}
				for _, planned := range plans {
					if !strings.HasPrefix(planned.Base.Version, "3.11.") {
						t.Errorf("%s, %s on %s: the plan for %s has Python %s", group, target, platforms, planned.Platform, planned.Base.Version)
					}
				}
				saidOnce(t, client.Warnings(), why)
				graph := &offline.Client{Dir: p.dir, Opts: opts}
				res, err := frontend.Build(t.Context(), graph)
				if err != nil {
					t.Fatal(err)
				}
				for key, text := range res.Metadata {
					if strings.HasPrefix(key, "containerimage.config") && !strings.Contains(string(text), "library/python:3.11-slim") {
						t.Errorf("%s, %s on %s: %s: %s", group, target, platforms, key, text)
					}
				}
				saidOnce(t, graph.Warnings(), why)
			}
		}
		o := build(t, buildx, request{dir: p.dir, opts: map[string]string{"platform": "linux/amd64,linux/arm64"}})
		if o.err != nil {
			t.Fatalf("%s\n%s", printed(o.err), o.log)
		}
		if !strings.Contains(o.log+o.text, why) {
			t.Errorf("the build does not say why:\n%s", o.log)
		}
		for platform, image := range readPlatforms(t, o.archive) {
			if got := image.config.Config.Env; !slices.ContainsFunc(got, func(e string) bool { return strings.HasPrefix(e, "PYTHON_VERSION=3.11.") }) {
				t.Errorf("%s: %q", platform, got)
			}
			if got := image.files[site+"old.py"]; (got != nil) != (group == "main") {
				t.Errorf("%s: old is installed: %v", platform, got != nil)
			}
		}
	}
}

func saidOnce(t *testing.T, warnings []string, want string) {
	t.Helper()
	if n := strings.Count(strings.Join(warnings, "\n"), want); n != 1 {
		t.Errorf("said %d times: %q", n, warnings)
	}
}

// A release that is asked for, or that is the only one allowed, is in the name of the base
// image. The lab has no image of that name: a build context replaces it.
func TestExactPython(t *testing.T) {
	standIn := func(version string) map[string]string {
		return map[string]string{"context:python:" + version + "-slim": "docker-image://docker.io/library/python:3.11-slim"}
	}
	plain := build(t, inProcess, request{dir: shop(t).write(t).dir})
	if plain.err != nil {
		t.Fatal(plain.err)
	}
	i := slices.IndexFunc(plain.image.config.Config.Env, func(e string) bool { return strings.HasPrefix(e, "PYTHON_VERSION=") })
	release := strings.TrimPrefix(plain.image.config.Config.Env[i], "PYTHON_VERSION=")
	exactly := strings.Replace(withPython(""), ">=3.11,<3.14", "=="+release, 1)
	for name, c := range map[string]struct {
		toml, file, arg string
	}{
		"the project":  {toml: exactly},
		"the setting":  {toml: withPython("python = \"" + release + "\"\n")},
		"the file":     {toml: withPython(""), file: release + "\n"},
		"the argument": {toml: plainProject, arg: release},
	} {
		t.Run(name, func(t *testing.T) {
			p := shop(t)
			p.toml = c.toml
			if c.file != "" {
				p.files = map[string]string{".python-version": c.file}
			}
			p.write(t)
			opts := standIn(release)
			if c.arg != "" {
				opts["build-arg:PYTHON_VERSION"] = c.arg
			}
			o := build(t, inProcess, request{dir: p.dir, opts: opts})
			if o.err != nil {
				t.Fatalf("%s\n%s", printed(o.err), o.log)
			}
			// The request has that name: with another image behind it there is no build.
			opts["context:python:"+release+"-slim"] = "docker-image://" + registry(t) + "/library/not-there:1"
			if o := build(t, inProcess, request{dir: p.dir, opts: opts, noImage: true}); o.err == nil || !strings.Contains(printed(o.err), "library/not-there:1") {
				t.Errorf("%v", o.err)
			}
		})
	}
	p := shop(t)
	p.toml = strings.Replace(exactly, "[tool.quatrain]\n", "[tool.quatrain]\nbase = \"python:3.13-slim\"\n", 1)
	p.write(t)
	fails(t, build(t, gateway, request{dir: p.dir, noImage: true}), "the project allows Python =="+release+", the base image has 3.13.",
		"Set base = \"python:"+release+"-slim\" in [tool.quatrain]")
}

// No official image has a free-threaded Python, and a base without one is not taken for it.
func TestFreeThreadedPython(t *testing.T) {
	p := shop(t)
	p.toml, p.files = withPython(""), map[string]string{".python-version": "3.13t\n"}
	p.write(t)
	fails(t, build(t, gateway, request{dir: p.dir, noImage: true}), "Python version \"3.13t\" is free-threaded", "Set `base` in [tool.quatrain]")
	p.toml = withPython("base = \"python:3.13-slim\"\npython = \"3.13t\"\n")
	p.write(t)
	fails(t, build(t, gateway, request{dir: p.dir, noImage: true}), "a free-threaded Python is asked for (3.13t), and the base image has 3.13.", "with the GIL")
}

// A build that fails names the Python that has a wheel, after what else would help.
func TestFailedBuildNamesAPython(t *testing.T) {
	p := newGitProject(t, "")
	broken := sdistOf("broken", map[string]string{"setup.py": "raise SystemExit('not on a Tuesday')\n", "pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n", "backend.py": "raise SystemExit('not on a Tuesday')\n"})
	p.tagged("main", "broken", []pindex.Dist{broken}, "cp313-cp313-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_x86_64")
	p.write(t)
	o := build(t, gateway, request{dir: p.dir, noImage: true})
	const hint = "Set python = \"3.13\" in [tool.quatrain]: the lock has a wheel of broken for it."
	fails(t, o, `>>> name = "broken"`, "building broken 1.0", hint)
	if !strings.Contains(o.log, hint) {
		t.Errorf("the warning does not say it:\n%s", o.log)
	}
}
