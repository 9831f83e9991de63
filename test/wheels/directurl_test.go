package wheels

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/helper/wheel"
	"github.com/quatrain-build/quatrain/internal/plan"
)

// A package that is not from an index says where it is from, as with Poetry.
func TestDirectURL(t *testing.T) {
	both := start(t, filepath.Join(t.TempDir(), "venv"))
	file := filepath.Join(t.TempDir(), "demo-1.0-py3-none-any.whl")
	if err := os.WriteFile(file, pack(t, with(entry{name: "demo.py"})), 0o644); err != nil {
		t.Fatal(err)
	}
	hash := strings.Repeat("0123456789abcdef", 4)
	commit := strings.Repeat("0123456789", 4)
	for name, c := range map[string]struct {
		source map[string]any
		pkg    plan.Package
	}{
		"git": {
			map[string]any{"source_type": "git", "source_url": "https://host/x.git", "source_reference": "main", "source_resolved_reference": commit},
			plan.Package{Origin: plan.Origin{Kind: plan.FromGit, URL: "https://host/x.git", Requested: "main", Commit: commit}},
		},
		"git, a folder, by ssh": {
			map[string]any{"source_type": "git", "source_url": "ssh://git@host/org/x.git", "source_reference": "HEAD", "source_resolved_reference": commit, "source_subdirectory": "a/b"},
			plan.Package{Origin: plan.Origin{Kind: plan.FromGit, URL: "ssh://git@host/org/x.git", Requested: "HEAD", Commit: commit, Subdirectory: "a/b"}},
		},
		"url": {
			map[string]any{"source_type": "url", "source_url": "https://host/a%20b.whl?c=d&e"},
			plan.Package{SHA256: hash, Origin: plan.Origin{Kind: plan.FromURL, URL: "https://host/a%20b.whl?c=d&e"}},
		},
		"url without hash": {
			map[string]any{"source_type": "url", "source_url": "https://host/a.whl"},
			plan.Package{Origin: plan.Origin{Kind: plan.FromURL, URL: "https://host/a.whl"}},
		},
		"file": {
			map[string]any{"source_type": "file", "source_url": "/app/lib/ü b.whl"},
			plan.Package{SHA256: hash, Origin: plan.Origin{Kind: plan.FromFile, Path: "lib/ü b.whl"}},
		},
		"directory": {
			map[string]any{"source_type": "directory", "source_url": "/lib"},
			plan.Package{Origin: plan.Origin{Kind: plan.FromDirectory, Path: "../lib"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			theirs, out := filepath.Join(t.TempDir(), "poetry"), t.TempDir()
			answer, err := both.poetry.ask(map[string]any{"wheels": []string{file}, "to": theirs, "source": c.source, "hash": c.pkg.SHA256})
			if err != nil || answer.Refused != "" {
				t.Fatal(answer, err)
			}
			into, err := wheel.NewTree(out, both.poetry.venv, both.poetry.python)
			if err != nil {
				t.Fatal(err)
			}
			defer into.Close()
			if _, err := wheel.Install(file, into, wheel.Options{DirectURL: c.pkg.DirectURL("/app")}); err != nil {
				t.Fatal(err)
			}
			ours := filepath.Join(out, both.poetry.venv)
			both.differences(t, name, theirs, ours)
			path := filepath.Join("lib/python"+both.poetry.python, "site-packages", info, "direct_url.json")
			if diff := cmp.Diff(readJSON(t, filepath.Join(theirs, path)), readJSON(t, filepath.Join(ours, path))); diff != "" {
				t.Error(diff)
			}
		})
	}
	both.report(t)
}

func readJSON(t *testing.T, file string) (v any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
