package test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// manyPackages makes a lock's entries for so many packages. Each has so many wheels for
// Windows, which no build here takes, and first in place of the first of them.
func manyPackages(p *project, packages, files int, first string) {
	for i := range packages {
		var b strings.Builder
		fmt.Fprintf(&b, "[[package]]\nname = \"package-%04d\"\nversion = \"1.0\"\noptional = false\npython-versions = \"*\"\ngroups = [\"main\"]\nfiles = [\n", i)
		for f := range files {
			name := fmt.Sprintf("package_%04d-1.0-cp3%d-cp3%d-win_amd64.whl", i, f, f)
			if f == 0 && first != "" {
				name = fmt.Sprintf("package_%04d-1.0%s", i, first)
			}
			fmt.Fprintf(&b, "    {file = %q, hash = \"sha256:%064x\"},\n", name, i*files+f)
		}
		fmt.Fprintf(&b, "]\n\n[package.source]\ntype = \"legacy\"\nurl = \"%s/simple\"\nreference = \"local\"\n", p.indexURL())
		p.locks = append(p.locks, locked{entry: b.String()})
	}
}

// Of hundreds of errors the first arrive with their lines, whatever the files weigh.
func TestManyErrors(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *project)
		want   []string
	}{
		"a lock of 5 MB": {
			change: func(p *project) { manyPackages(p, 600, 80, "") },
			want:   []string{`>>> name = "package-0000"`, `>>> name = "package-0004"`, "package-0004 1.0 has no file for Python 3.11", "and 595 more"},
		},
		"a lock whose errors are far down": {
			change: func(p *project) {
				p.locks = append(p.locks, locked{entry: strings.Repeat("#\n", 200_000)})
				manyPackages(p, 600, 2, "")
			},
			want: []string{`>>> name = "package-0000"`, `>>> name = "package-0004"`, "and 595 more"},
		},
		"files that are not on the index": {
			change: func(p *project) { manyPackages(p, 600, 2, "-py3-none-any.whl") },
			want:   []string{`>>> name = "package-0000"`, "package_0004-1.0-py3-none-any.whl is not on local", "and 595 more"},
		},
		"unknown keys": {
			change: func(p *project) {
				var keys strings.Builder
				for i := range 8000 {
					fmt.Fprintf(&keys, "key-%d = 1\n", i)
				}
				p.toml = plainProject + keys.String()
			},
			want: []string{">>> key-0 = 1", ">>> key-4 = 1", `unknown key "key-4" in [tool.quatrain]`, "and 7995 more"},
		},
		"a line of 4 MB": {
			change: func(p *project) {
				p.toml = plainProject + "comand = \"" + strings.Repeat("x", 4<<20) + "\"\nports = [0]\n"
			},
			want: []string{`>>> comand = "xxx`, `Did you mean "command"?`, ">>> ports = [0]"},
		},
		"a lock above the limit": {
			change: func(p *project) { p.locks = append(p.locks, locked{entry: "#" + strings.Repeat("x", 17<<20) + "\n"}) },
			want:   []string{"poetry.lock is larger than 16 MiB"},
		},
		"an ignore file above the limit": {
			change: func(p *project) { p.files = map[string]string{".dockerignore": "#" + strings.Repeat("x", 17<<20)} },
			want:   []string{".dockerignore is larger than 16 MiB"},
		},
		"a stub above the limit": {
			change: func(p *project) {
				p.files = map[string]string{"Dockerfile": syntax() + "#" + strings.Repeat("x", 17<<20)}
			},
			want: []string{"16"}, // BuildKit itself reads it first
		},
		"a folder for a file": {
			change: func(p *project) { p.files = map[string]string{".python-version/x": ""} },
			want:   []string{"cannot read .python-version: it is a folder"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				p := shop(t)
				c.change(p)
				p.write(t)
				o := build(t, m, request{dir: p.dir, noImage: true})
				fails(t, o, c.want...)
				if text := printed(o.err); len(text) > 64<<10 {
					t.Errorf("%d bytes", len(text))
				}
			})
		})
	}
}

// Of hundreds of warnings the first arrive.
func TestManyWarnings(t *testing.T) {
	for _, n := range []int{20, 600} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				p := shop(t)
				manyPackages(p, n, 20, ".tar.gz")
				p.write(t)
				o := build(t, m, request{dir: p.dir, noImage: true})
				fails(t, o, "package_0004-1.0.tar.gz is not on local")
				if shown := strings.Count(o.log, "is built from its sdist"); shown != 20 {
					t.Errorf("%d warnings", shown)
				}
				if want := fmt.Sprintf("and %d more\n", n-20); strings.Contains(o.log, want) != (n > 20) {
					t.Errorf("no %q in\n%s", want, o.log)
				}
			})
		})
	}
}

// Steps that fail at the same time are all told of.
func TestTwoStepsFail(t *testing.T) {
	broken := func(name string) locked {
		return locked{wheel: pindex.Wheel{Name: name, Version: "1.0", Tag: "py3-none-any", Files: map[string]string{name + ".py": ""}}}
	}
	for name, c := range map[string]struct {
		change func(p *project)
		opts   map[string]string
		want   []string
	}{
		"files that are not on two indexes": {
			change: func(p *project) {
				other := newIndex(t)
				p.toml = plainProject + "[[tool.poetry.source]]\nname = \"other\"\nurl = \"" + other.URL + "/simple/\"\n"
				p.locks = append(p.locks, broken("gone"), locked{entry: fmt.Sprintf("[[package]]\nname = \"lost\"\nversion = \"1.0\"\npython-versions = \"*\"\ngroups = [\"main\"]\nfiles = [{file = \"lost-1.0-py3-none-any.whl\", hash = \"sha256:%064x\"}]\n[package.source]\ntype = \"legacy\"\nurl = \"%s/simple\"\nreference = \"other\"\n", 1, other.URL)})
			},
			want: []string{`>>> name = "gone"`, "gone-1.0-py3-none-any.whl is not on local", `>>> name = "lost"`, "lost-1.0-py3-none-any.whl is not on other"},
		},
		"a system package and a file": {
			change: func(p *project) {
				p.toml = plainProject + "apt = [\"no-such-package-at-all\"]\n"
				p.locks = append(p.locks, broken("gone"))
			},
			want: []string{"apt-get failed", "no-such-package-at-all", "gone-1.0-py3-none-any.whl is not on local"},
		},
		"two platforms": {
			change: func(p *project) { p.locks = append(p.locks, broken("gone")) },
			opts:   map[string]string{"platform": "linux/amd64,linux/arm64"},
			want:   []string{"gone-1.0-py3-none-any.whl is not on local"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, m := range []mode{gateway, buildx} {
				t.Run(string(m), func(t *testing.T) {
					p := shop(t)
					c.change(p)
					p.write(t)
					o := build(t, m, request{dir: p.dir, opts: c.opts, noImage: true})
					fails(t, o, c.want...)
					if text := printed(o.err); strings.Contains(text, "already released") {
						t.Error(text)
					}
				})
			}
		})
	}
}

// Of sdists that fail at the same time, BuildKit tells of the first. What is said is its
// reason.
func TestTwoSdistsFail(t *testing.T) {
	for _, m := range []mode{gateway, buildx} {
		t.Run(string(m), func(t *testing.T) {
			sdist := func(name string) pindex.Sdist {
				return sdistOf(name, map[string]string{
					"pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n",
					"backend.py":     "# " + unique(t) + "\ndef build_wheel(*args, **more):\n    raise SystemExit('" + name + " is broken')\n",
				})
			}
			p := newSdistProject(t, "", sdist("first"), sdist("second"), sdist("third"))
			p.write(t)
			o := build(t, m, request{dir: p.dir, noImage: true, secrets: machineCA(t)})
			fails(t, o, " is broken", "poetry.lock:")
			if text := printed(o.err); strings.Contains(text, "already released") || strings.Contains(text, "canceled") || strings.Contains(text, "at the same time") {
				t.Error(text)
			}
		})
	}
}

// A build that is interrupted says so, and nothing else.
func TestInterrupt(t *testing.T) {
	b := bare(t)
	p := shop(t)
	p.index.Server.Close() // with one that never answers
	silent := listen(t)
	defer silent.Close()
	asked := make(chan struct{})
	go func() {
		if c, err := silent.Accept(); err == nil {
			defer c.Close()
			close(asked)
			<-t.Context().Done()
		}
	}()
	p.url = "http://" + silent.Addr().String()
	p.write(t)
	cmd := exec.Command("docker", "buildx", "build", "--progress", "plain", ".")
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), b.env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(2 * time.Minute):
		t.Error("the index was not asked")
	}
	cmd.Process.Signal(syscall.SIGINT)
	if err := cmd.Wait(); err == nil {
		t.Error("the build succeeded")
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, "context canceled") {
		t.Errorf("it ends with %q:\n%s", last, out.String())
	}
}
