package editable

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// where testdata/generate.py has Poetry install.
var where = Target{Venv: "/tmp/quatrain-editable/venv", Python: "3.11", Root: "/tmp/quatrain-editable/app"}

// TestAgainstPoetry compares with what Poetry installs, or refuses.
func TestAgainstPoetry(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, name := range cases {
		name = strings.TrimSuffix(filepath.Base(name), ".txtar")
		t.Run(name, func(t *testing.T) {
			want, refused := poetryInstalled(t, name)
			tree := readCase(t, name)
			files, _, err := Files(parse(t, tree), tree, where)
			if refused != (err != nil) {
				t.Fatalf("Poetry refuses: %t, here: %v", refused, err)
			}
			if diff := cmp.Diff(want, installed(files)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for name, want := range map[string]string{
		"nothing":    "no folder no_thing and no no_thing.py, here or in src",
		"twice":      "both twice and twice.py exist",
		"no-modules": `"texts_only" is not a package: it has no module`,
		"not-there":  `package "src/gone" not found`,
		"no-match":   `"pattern/*.py" not found`,
	} {
		tree := readCase(t, name)
		_, _, err := Files(parse(t, tree), tree, where)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	script := fstest.MapFS{"pyproject.toml": {Data: []byte("[project]\nname = \"a\"\nversion = \"1\"\n[tool.poetry.build]\nscript = \"build.py\"\n")}, "a.py": {}}
	there := where
	there.Table = "[tool.quatrain.target.test]"
	if _, _, err := Files(parse(t, script), script, there); err == nil || !strings.Contains(err.Error(), "the build script build.py does not run with project = \"source\"") || !strings.Contains(err.Error(), `project = "wheel" in [tool.quatrain.target.test]:`) {
		t.Error(err)
	}
	outside := fstest.MapFS{"pyproject.toml": {Data: []byte("[project]\nname = \"a\"\nversion = \"1\"\n[tool.poetry]\npackages = [{include = \"b\", from = \"../c\"},\n{include = \"gone\"},\n{include = \"../d\"}]\n")}}
	_, _, err := Files(parse(t, outside), outside, where)
	for _, want := range []string{`pyproject.toml:5: package "../c/b" is outside the project`, `pyproject.toml:6: the project cannot be installed: package "gone" not found`, `pyproject.toml:7: package "../d" is outside the project`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := CheckInside(parse(t, outside)); len(source.All(err)) != 2 {
		t.Error(err)
	}
	for name, advice := range map[string]bool{"": false, "[tool.quatrain]": true} { // what a library's form is, nobody sets
		there.Table = name
		tree := readCase(t, "nothing")
		if _, _, err := Files(parse(t, tree), tree, there); err == nil || strings.Contains(err.Error(), "[tool.quatrain]") != advice {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A folder that would be more than one line of the .pth file, or another one.
func TestPathLines(t *testing.T) {
	for from, root := range map[string]string{"a\nimport os": "/app", "a\u2028b": "/app", "a\x1db": "/app", "a ": "/app", "src": "/app\nimport os", ".": "app"} {
		tree := fstest.MapFS{
			"pyproject.toml":           {Data: []byte("[project]\nname = \"a\"\nversion = \"1\"\n[tool.poetry]\npackages = [{include = \"shop\", from = " + strings.ReplaceAll(strconv.Quote(from), `\x`, `\u00`) + "}]\n")},
			from + "/shop/__init__.py": {}, "shop/__init__.py": {},
		}
		files, _, err := Files(parse(t, tree), tree, Target{Venv: "/opt/venv", Python: "3.12", Root: root})
		if err == nil || !strings.Contains(err.Error(), "cannot import from a folder") {
			t.Errorf("%q in %q: %v, %v", from, root, files, err)
		}
	}
}

func TestMissingFileScripts(t *testing.T) {
	tree := readCase(t, "scripts")
	_, warnings, err := Files(parse(t, tree), tree, where)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range warnings {
		got = append(got, w.Error())
	}
	if len(got) != 2 || !strings.Contains(got[0], `"bin/gone.sh"`) || !strings.Contains(got[1], `"bin"`) {
		t.Error(got)
	}
}

// poetryInstalled reads a golden file, with Quatrain's name where it says who
// installed: INSTALLER, and the generator in WHEEL.
func poetryInstalled(t *testing.T, name string) (files map[string][2]string, refused bool) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if _, refused := all["error"]; refused {
		return map[string][2]string{}, true
	}
	files = map[string][2]string{}
	for name, raw := range all {
		var f [2]string
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatal(err)
		}
		files[name] = f
	}
	for name, f := range files {
		if path.Base(name) == "RECORD" {
			files[name] = [2]string{f[0], named(f[1], files)}
		}
	}
	for name, f := range files {
		files[name] = [2]string{f[0], byQuatrain(name, f[1])}
	}
	return files, false
}

func byQuatrain(name, text string) string {
	switch path.Base(name) {
	case "INSTALLER":
		return "quatrain"
	case "WHEEL":
		return strings.Replace(text, "Generator: poetry-core 2.5.0", "Generator: quatrain", 1)
	}
	return text
}

// named sets the hashes of the two files that say who installed.
func named(rec string, files map[string][2]string) string {
	var lines []string
	for line := range strings.Lines(rec) {
		name, _, _ := strings.Cut(line, ",")
		if f, ok := files[name]; ok && byQuatrain(name, f[1]) != f[1] {
			line, _, _ = strings.Cut(string(record([]File{{Path: name, Data: []byte(byQuatrain(name, f[1]))}}, "").Data), "\n")
			line += "\n"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "")
}

func installed(files []File) map[string][2]string {
	all := map[string][2]string{}
	for _, f := range files {
		all[f.Path] = [2]string{"0o" + strconv.FormatUint(uint64(f.Mode), 8), string(f.Data)}
	}
	return all
}

func readCase(t *testing.T, name string) fs.FS {
	t.Helper()
	a, err := txtar.ParseFile("testdata/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := txtar.FS(a)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func parse(t *testing.T, tree fs.FS) *pyproject.Project {
	t.Helper()
	data, err := fs.ReadFile(tree, "pyproject.toml")
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
