package test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/errdefs"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// printed is what a client prints of a failed build: the excerpts, then the text.
func printed(err error) string {
	var b bytes.Buffer // buildx has printed all of it
	for _, s := range errdefs.Sources(err) {
		s.Print(&b)
	}
	b.WriteString(err.Error())
	return b.String()
}

// fails holds a failed build against what its error has to say.
func fails(t *testing.T, o outcome, wanted ...string) {
	t.Helper()
	if o.err == nil {
		t.Fatal("the build succeeded")
	}
	for _, want := range wanted {
		if !strings.Contains(printed(o.err), want) {
			t.Errorf("no %q in:\n%s", want, printed(o.err))
		}
	}
}

// Every error names its line and says what to do.
func TestErrors(t *testing.T) {
	quatrain := func(lines string) string { return plainProject + lines }
	native := pindex.Wheel{Name: "native", Version: "1.0", Tag: "cp312-cp312-manylinux_2_17_x86_64", Files: map[string]string{"native.py": ""}}
	for name, c := range map[string]struct {
		change func(p *project)
		opts   map[string]string
		want   []string
	}{
		"no pyproject": {
			change: func(p *project) { p.files = map[string]string{"pyproject.toml": absent} },
			want:   []string{"pyproject.toml not found in the build context", "project-dir"},
		},
		"no lock": {
			change: func(p *project) { p.files = map[string]string{"poetry.lock": absent} },
			want:   []string{"poetry.lock not found in the build context", "Run `poetry lock`"},
		},
		"stale lock": {
			change: func(p *project) {
				p.files = map[string]string{"pyproject.toml": strings.Replace(plainProject, ">=3.11", ">=3.10", 1)}
			},
			want: []string{">>> content-hash", "pyproject.toml changed significantly", "Run `poetry lock`"},
		},
		"not TOML": {
			change: func(p *project) { p.files = map[string]string{"pyproject.toml": "[project]\nname = shop\n"} },
			want:   []string{">>> name = shop", "pyproject.toml:2: not valid TOML"},
		},
		"unknown key": {
			change: func(p *project) { p.toml = quatrain("comand = \"x\"\n") },
			want:   []string{">>> comand", `unknown key "comand" in [tool.quatrain]`, `Did you mean "command"?`},
		},
		"unknown target": {
			opts: map[string]string{"target": "developmnt"},
			want: []string{`target "developmnt" is not defined`, `Did you mean "development"?`},
		},
		"unknown group": {
			change: func(p *project) { p.toml = quatrain("[tool.quatrain.target.production]\ngroups = [\"mian\"]\n") },
			want:   []string{">>> groups", `group "mian"`, `Did you mean "main"?`},
		},
		"unknown extra": {
			change: func(p *project) { p.toml = quatrain("extras = [\"redis\"]\n") },
			want:   []string{`extra [redis] is not specified`},
		},
		"excluded python": {
			change: func(p *project) { p.toml = strings.Replace(plainProject, ">=3.11", ">=3.12", 1) },
			want:   []string{">>> requires-python", "Python 3.11 is not allowed by the project (>=3.12,<3.14)", "PYTHON_VERSION"},
		},
		"base with an excluded python": {
			change: func(p *project) {
				p.toml = strings.Replace(quatrain("base = \"python:3.11-slim\"\n"), ">=3.11", ">=3.12", 1)
			},
			want: []string{">>> requires-python", "the project allows Python >=3.12,<3.14, the base image has 3.11", "PYTHON_VERSION"},
		},
		"no wheel for this platform": {
			change: func(p *project) { p.locks = append(p.locks, locked{wheel: native}) },
			want:   []string{`>>> name = "native"`, "native 1.0 has no file for Python 3.11", "wanted one of cp311-cp311-", "native-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"},
		},
		"hash mismatch": {
			change: func(p *project) { p.locks[0].hash = strings.Repeat("ab", 32) },
			want:   []string{`>>> name = "alpha"`, "alpha-1.0-py3-none-any.whl on local has the hash", "the lock says sha256:abab"},
		},
		"file gone from the index": {
			change: func(p *project) { p.index.Remove(alpha.Filename()) },
			want:   []string{`>>> name = "alpha"`, "alpha-1.0-py3-none-any.whl is not on local"},
		},
		"index unreachable": {
			change: func(p *project) { p.index.Close() },
			want:   []string{`>>> name = "alpha"`, "cannot be reached", "connection refused"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				p := shop(t)
				if c.change != nil {
					c.change(p)
				}
				p.write(t)
				o := build(t, m, request{dir: p.dir, opts: c.opts, noImage: true})
				fails(t, o, c.want...)
			})
		})
	}
}

// Compose prints the same, and its exit status says so.
func TestErrorsOfCompose(t *testing.T) {
	for _, b := range []builder{engine(t), classic(t)} {
		t.Run(b.name, func(t *testing.T) {
			p := service(t)
			p.files["compose.yaml"] = fmt.Sprintf(composeFile, syntax())
			p.write(t)
			c := b.compose(t, p.dir)
			says(t, b.run(t, p.dir, c.argv("build", "production", "--build-arg", "PYTHON_VERSION=3.14")...), 1,
				">>> requires-python", "Python 3.14 is not allowed by the project (>=3.11,<3.14)", "PYTHON_VERSION")

			p.locks[0].hash = strings.Repeat("ab", 32)
			p.write(t)
			says(t, b.run(t, p.dir, c.argv("up", "--build", "production")...), 1,
				`>>> name = "alpha"`, "the lock says sha256:abab")
		})
	}
}
