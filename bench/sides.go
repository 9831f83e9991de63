package main

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/test/orders"
)

// side is one way to make an image of examples/orders. All have the same base image,
// wheels, user, command, registry and client.
type side struct {
	name, title string
	prepare     func(project string, s setup) error
	// What a person changes in the files of this side; pyproject.toml and poetry.lock
	// are the project's own and change for all.
	bumpVersion, bumpDependency func(project string) error
	dependencies                *regexp.Regexp // operations that are about packages
}

// setup is what all sides of a comparison share.
type setup struct {
	bytecode    bool
	compression string
	ca          string // a file that containers have to trust, or ""
}

//go:embed peers
var peers embed.FS

var sides = []side{
	{"quatrain", "Quatrain", prepareQuatrain, orders.BumpVersion, orders.BumpDependency,
		regexp.MustCompile(`^\[(locate|fetch|build|overlaps|install|compile)\b`)},
	{"uv", "uv", prepareUV, bumpVersionUV, bumpDependencyUV, regexp.MustCompile(`uv sync|COPY --from`)},
	{"poetry", "Poetry", preparePoetry, orders.BumpVersion, orders.BumpDependency, regexp.MustCompile(`(pip|poetry) install|COPY --from`)},
}

// prepareQuatrain: the stub. Byte code is on unless it says otherwise.
func prepareQuatrain(project string, s setup) error {
	stub := "# syntax=quatrain/poetry:1\n"
	if !s.bytecode {
		stub += "compile = false\n"
	}
	return os.WriteFile(filepath.Join(project, "Dockerfile"), []byte(stub), 0o644)
}

func prepareUV(project string, s setup) error {
	lock, err := peers.ReadFile("peers/uv.lock")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(project, "uv.lock"), lock, 0o644); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(project, "poetry.lock")); err != nil {
		return err
	}
	return writeDockerfile(project, "uv", s, "UV_COMPILE_BYTECODE=1", "UV_COMPILE_BYTECODE=0")
}

// preparePoetry names PyPI's simple index as the source: without one Poetry asks PyPI's
// release API, which not every mirror serves. The lock stays but for its content hash.
func preparePoetry(project string, s setup) error {
	name := filepath.Join(project, "pyproject.toml")
	err := orders.Edit(name, func(s string) string {
		return s + "\n[[tool.poetry.source]]\nname = \"simple\"\nurl = \"https://pypi.org/simple/\"\npriority = \"primary\"\n"
	})
	if err != nil {
		return err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	root, err := source.ParseTOML(&source.File{Name: name, Data: data})
	if err != nil {
		return err
	}
	sum, err := lockfile.ContentHash(root)
	if err != nil {
		return err
	}
	err = orders.Edit(filepath.Join(project, "poetry.lock"), func(s string) string {
		return regexp.MustCompile(`content-hash = "\w+"`).ReplaceAllString(s, `content-hash = "`+sum+`"`)
	})
	if err != nil {
		return err
	}
	return writeDockerfile(project, "poetry", s, " --compile", "")
}

// writeDockerfile writes a peer's Dockerfile: with or without byte code, and with the
// certificates that this machine needs, which no user's Dockerfile has.
func writeDockerfile(project, name string, s setup, on, off string) error {
	data, err := peers.ReadFile("peers/" + name + ".Dockerfile")
	if err != nil {
		return err
	}
	text := string(data)
	if !strings.Contains(text, on) {
		return fmt.Errorf("%s.Dockerfile has no %q", name, on)
	}
	if !s.bytecode {
		text = strings.ReplaceAll(text, on, off)
	}
	if s.ca != "" {
		const file = "/run/secrets/ca"
		text = strings.ReplaceAll(text, "AS builder\n", "AS builder\nENV SSL_CERT_FILE="+file+" PIP_CERT="+file+" REQUESTS_CA_BUNDLE="+file+"\n")
		text = strings.ReplaceAll(text, "RUN --mount", "RUN --mount=type=secret,id=ca --mount")
	}
	return os.WriteFile(filepath.Join(project, "Dockerfile"), []byte(text), 0o644)
}

// bumpVersionUV: uv.lock has the project's version too.
func bumpVersionUV(project string) error {
	if err := orders.BumpVersion(project); err != nil {
		return err
	}
	return orders.Edit(filepath.Join(project, "uv.lock"), func(s string) string {
		return regexp.MustCompile(`(name = "orders"\nversion = )"[^"]*"`).ReplaceAllString(s, `${1}"9.9.9"`)
	})
}

// bumpDependencyUV is what `uv lock -P idna==3.10` does.
func bumpDependencyUV(project string) error {
	entry := regexp.MustCompile(`(?s)(\[\[package\]\]\nname = "idna"\nversion = ).*?\n\]\n`)
	return orders.Edit(filepath.Join(project, "uv.lock"), func(s string) string {
		return entry.ReplaceAllString(s, `${1}"3.10"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.pythonhosted.org/packages/f1/70/7703c29685631f5a7590aa73f1f1d3fa9a380e654b86af429e0934a32f7d/idna-3.10.tar.gz", hash = "sha256:12f65c9b470abda6dc35cf8e63cc574b1c52b11df2c86030af0ac09b01b13ea9", size = 190490, upload-time = "2024-09-15T18:07:39.745Z" }
wheels = [
    { url = "https://files.pythonhosted.org/packages/76/c6/c88e154df9c4e1a2a66ccf0005a88dfb2650c1dffb6f5ce603dfbd452ce3/idna-3.10-py3-none-any.whl", hash = "sha256:946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3", size = 70442, upload-time = "2024-09-15T18:07:37.964Z" },
]
`)
	})
}
