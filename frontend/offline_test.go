package frontend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/util/apicaps"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/llb"
)

// The tests here run the frontend on a client without a daemon: what it makes of a
// request and of files. What BuildKit makes of that is tested in test/.

const (
	toml = `[project]
name = "shop"
version = "1.0.0"
requires-python = ">=3.11,<3.14"

[project.scripts]
shop = "shop:main"

[tool.quatrain]
python = "3.12"
`
	lock = `
[[package]]
name = "pure"
version = "1.0"
python-versions = ">=3.8"
groups = ["main"]
files = [{file = "pure-1.0-py3-none-any.whl", hash = "sha256:00000000000000000000000000000000000000000000000000000000000000aa"}]

[metadata]
lock-version = "2.1"
python-versions = ">=3.11,<3.14"
content-hash = "{content-hash}"
`
)

// asked is a request: files of the context, beside and in place of the usual ones, and
// options as a client sends them.
type asked struct {
	files   map[string]string
	gone    []string // files of the usual ones that are not there
	opts    map[string]string
	without []apicaps.CapID
}

// answer is what came of it.
type answer struct {
	result   *gwclient.Result
	err      error
	warnings []string
	client   *offline.Client
}

func build(t *testing.T, a asked) answer {
	t.Helper()
	c := request(t, a)
	res, err := frontend.Build(context.Background(), c)
	return answer{result: res, err: err, warnings: c.Warnings(), client: c}
}

// request writes the files of a request, and returns the client that it comes from.
func request(t *testing.T, a asked) *offline.Client {
	t.Helper()
	files := map[string]string{"pyproject.toml": toml, "poetry.lock": lock, "shop/__init__.py": ""}
	maps.Copy(files, a.files)
	for _, name := range a.gone {
		delete(files, name)
	}
	dir := t.TempDir()
	for name, text := range files {
		if path.Base(name) == "poetry.lock" {
			text = strings.ReplaceAll(text, "{content-hash}", contentHash(files[path.Join(path.Dir(name), "pyproject.toml")]))
		}
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	opts := map[string]string{"filename": "pyproject.toml"}
	maps.Copy(opts, a.opts)
	return &offline.Client{Dir: dir, Opts: opts, Without: a.without}
}

func contentHash(text string) string {
	root, err := source.ParseTOML(&source.File{Name: "pyproject.toml", Data: []byte(text)})
	if err != nil {
		return ""
	}
	hash, err := lockfile.ContentHash(root)
	if err != nil {
		return ""
	}
	return hash
}

// config is the image's configuration.
func (a answer) config(t *testing.T) dockerspec.DockerOCIImageConfig {
	t.Helper()
	if a.err != nil {
		t.Fatal(a.err)
	}
	var image dockerspec.DockerOCIImage
	if err := json.Unmarshal(a.result.Metadata[exptypes.ExporterImageConfigKey], &image); err != nil {
		t.Fatal(err)
	}
	return image.Config
}

// graph is all that was solved, as text.
func (a answer) graph(t *testing.T) string {
	t.Helper()
	if a.err != nil {
		t.Fatal(a.err)
	}
	var b bytes.Buffer
	if err := llb.Print(&b, a.client.Definitions(a.result)...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// printed is the error as a client prints it: excerpts, then the text.
func (a answer) printed() string {
	if a.err == nil {
		return ""
	}
	var b bytes.Buffer
	for _, s := range errdefs.Sources(a.err) {
		s.Print(&b)
	}
	return b.String() + a.err.Error()
}
