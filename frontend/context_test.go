package frontend_test

import (
	"strings"
	"testing"
)

// .dockerignore counts for every reader of a context that no client transfers.
func TestGitContext(t *testing.T) {
	graph := build(t, asked{
		files: map[string]string{
			"pyproject.toml": strings.Replace(toml, "[tool.quatrain]", "[tool.poetry.dependencies]\nbeside = { path = \"libs/beside\" }\n[tool.quatrain]", 1),
			"poetry.lock": `[[package]]
name = "beside"
version = "1.0"
python-versions = "*"
groups = ["main"]
files = []
[package.source]
type = "directory"
url = "libs/beside"
` + lock[strings.Index(lock, "\n[metadata]"):],
			"libs/beside/pyproject.toml": "[project]\nname = \"beside\"\nversion = \"1.0\"\n",
			".dockerignore":              "*.log\n",
		},
		opts: args("context", "https://git.example.com/shop.git#main"),
	}).graph(t)
	for _, want := range []string{
		"copy <[internal] load git source https://git.example.com/shop.git#main>/ -> / contents exclude=[\"*.log\"]",
		"copy <[internal] apply .dockerignore>/libs/beside -> / contents",
		"copy <[internal] apply .dockerignore>/ -> /app contents",
	} {
		if !strings.Contains(graph, want) {
			t.Errorf("no %q in\n%s", want, graph)
		}
	}
}

// An ignore file travels in the graph: it has a bound, for contexts of every kind.
func TestTooManyIgnored(t *testing.T) {
	for _, opts := range []map[string]string{nil, args("context", "https://git.example.com/shop.git#main")} {
		for n, want := range map[int]string{10_000: "", 10_001: ".dockerignore has more than 10000 patterns"} {
			files := map[string]string{".dockerignore": strings.Repeat("*.log\n", n)}
			err := build(t, asked{files: files, opts: opts}).err
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("%d patterns, %v: %v", n, opts, err)
			}
		}
	}
}
