package frontend_test

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
)

// brokenClient is a daemon that cannot read a file or a folder.
type brokenClient struct {
	*offline.Client
	path string
	err  error
	hit  bool
}

func (c *brokenClient) Solve(ctx context.Context, req gwclient.SolveRequest) (*gwclient.Result, error) {
	res, err := c.Client.Solve(ctx, req)
	if err == nil {
		res.SetRef(&brokenReference{res.Ref, c})
	}
	return res, err
}

type brokenReference struct {
	gwclient.Reference
	client *brokenClient
}

func (r *brokenReference) breaks(name string) bool {
	breaks := path.Clean("/"+name) == path.Clean("/"+r.client.path)
	r.client.hit = r.client.hit || breaks
	return breaks
}

func (r *brokenReference) ReadFile(ctx context.Context, req gwclient.ReadRequest) ([]byte, error) {
	if r.breaks(req.Filename) {
		return nil, r.client.err
	}
	return r.Reference.ReadFile(ctx, req)
}

func (r *brokenReference) StatFile(ctx context.Context, req gwclient.StatRequest) (*fstypes.Stat, error) {
	if r.breaks(req.Path) {
		return nil, r.client.err
	}
	return r.Reference.StatFile(ctx, req)
}

func (r *brokenReference) ReadDir(ctx context.Context, req gwclient.ReadDirRequest) ([]*fstypes.Stat, error) {
	if r.breaks(req.Path) {
		return nil, r.client.err
	}
	return r.Reference.ReadDir(ctx, req)
}

const sourceTable = "[tool.poetry.dependencies]\nlibrary = { path = \"libs/library\", develop = true }\n"

const libraryEntry = `[[package]]
name = "library"
version = "1.0"
python-versions = "*"
groups = ["main"]
files = []
develop = true
[package.source]
type = "directory"
url = "libs/library"
`

// readsFiles is a project with a file of each kind that the frontend reads.
func readsFiles() map[string]string {
	return map[string]string{
		"pyproject.toml": strings.Replace(strings.Replace(toml, "[project]\n", "[project]\nreadme = \"README.md\"\n", 1), "[tool.quatrain]\n", sourceTable+"[tool.quatrain]\ngit.known-hosts = \"known_hosts\"\n", 1) +
			"[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n",
		"poetry.lock":                 libraryEntry + lock,
		".python-version":             "3.12\n",
		"poetry.toml":                 "[virtualenvs]\nin-project = true\n",
		".dockerignore":               ".env\n",
		".env":                        "PASSWORD=1\n",
		"known_hosts":                 "",
		"README.md":                   "# Shop",
		"Dockerfile":                  "# syntax=quatrain/poetry:1\n",
		"other.Dockerfile":            "# syntax=quatrain/poetry:1\n",
		"libs/library/pyproject.toml": "[project]\nname = \"library\"\nversion = \"1.0\"\n[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n",
		"libs/library/library.py":     "",
	}
}

// A file that cannot be read is an error that says so, whatever the error's text: it is
// never taken for one that is not there.
func TestUnreadableFiles(t *testing.T) {
	git := args("context", "https://git.example.com/shop.git#main")
	stub := args("filename", "other.Dockerfile")
	for name, c := range map[string]struct {
		path, named string
		opts        map[string]string
	}{
		"the project":              {"pyproject.toml", "pyproject.toml", nil},
		"the lock":                 {"poetry.lock", "poetry.lock", nil},
		"the Python version":       {".python-version", ".python-version", nil},
		"Poetry's settings":        {"poetry.toml", "poetry.toml", nil},
		"what is ignored":          {".dockerignore", ".dockerignore", nil},
		"what a git context does":  {".dockerignore", ".dockerignore", git},
		"the hosts":                {"known_hosts", "known_hosts", nil},
		"a library":                {"libs/library/pyproject.toml", "libs/library/pyproject.toml", args("target", "development")},
		"the readme":               {"app/README.md", "README.md", nil},
		"the stub":                 {"Dockerfile", "Dockerfile", args("filename", "Dockerfile")},
		"a stub of another name":   {"other.Dockerfile", "other.Dockerfile", stub},
		"the folder":               {"/", "pyproject.toml", nil},
		"the folder of the module": {"app/shop", "shop", nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, text := range []string{
				"rpc error: code = Unavailable desc = transport is closing",
				"rpc error: code = Unknown desc = session vk7 not found",
				"open /var/lib/buildkit/" + c.path + ": no such file or directory",
			} {
				client := &brokenClient{Client: request(t, asked{files: readsFiles(), opts: c.opts}), path: c.path, err: errors.New(text)}
				_, err := frontend.Build(t.Context(), client)
				if !client.hit {
					t.Fatalf("%s was not read: %v", c.path, err)
				}
				if err == nil || !strings.Contains(err.Error(), "cannot read "+c.named) || !strings.Contains(err.Error(), text) {
					t.Errorf("%q: %v", text, err)
				}
			}
		})
	}
}

// The same project builds if all can be read, and so do the ones in which something is
// missing.
func TestAbsentFiles(t *testing.T) {
	for _, name := range []string{"", ".python-version", "poetry.toml", ".dockerignore", "README.md", "libs/library/pyproject.toml"} {
		for _, opts := range []map[string]string{nil, args("context", "https://git.example.com/shop.git#main"), args("target", "development")} {
			files := readsFiles()
			delete(files, name)
			if a := build(t, asked{files: files, opts: opts}); a.err != nil {
				t.Errorf("without %q: %v", name, a.err)
			}
		}
	}
	for name, want := range map[string]string{
		"pyproject.toml": "pyproject.toml not found in the build context",
		"poetry.lock":    "poetry.lock not found in the build context",
		"known_hosts":    "the known-hosts file known_hosts is not in the build context",
	} {
		c := request(t, asked{files: readsFiles(), opts: args("filename", "Dockerfile")})
		if err := os.Remove(filepath.Join(c.Dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := frontend.Build(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	a := build(t, asked{opts: args("filename", "nothing.Dockerfile")})
	if got := a.printed(); !strings.Contains(got, "nothing.Dockerfile not found in the build context") {
		t.Error(got)
	}
}

// A link to nothing is nothing: readmes often link out of the build context.
func TestLinks(t *testing.T) {
	c := request(t, asked{files: map[string]string{"pyproject.toml": strings.Replace(toml, "[project]\n", "[project]\nreadme = \"README.md\"\n", 1)}})
	if err := os.Symlink("../../README.md", filepath.Join(c.Dir, "README.md")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("versions/default", filepath.Join(c.Dir, ".python-version")); err != nil {
		t.Fatal(err)
	}
	if _, err := frontend.Build(t.Context(), c); err != nil {
		t.Error(err)
	}
	if err := os.MkdirAll(filepath.Join(c.Dir, "versions/default"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := frontend.Build(t.Context(), c); err == nil || !strings.Contains(err.Error(), "cannot read .python-version: it is a folder") {
		t.Error(err)
	}
}

// A file above the limit is an error that names the limit.
func TestLargeFiles(t *testing.T) {
	for _, name := range []string{"pyproject.toml", "poetry.lock", ".python-version", "poetry.toml", ".dockerignore", "known_hosts", "README.md", "Dockerfile"} {
		c := request(t, asked{files: readsFiles(), opts: args("filename", "Dockerfile")})
		if err := os.Truncate(filepath.Join(c.Dir, name), 17<<20); err != nil {
			t.Fatal(err)
		}
		_, err := frontend.Build(t.Context(), c)
		if want := name + " is larger than 16 MiB, the limit for a file"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
