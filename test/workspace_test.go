package test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/testutil/pindex"
)

// poetryMember is a member of a workspace that poetry-core builds; it says a word.
func poetryMember(name, dependencies, word string) map[string]string {
	return map[string]string{
		"pyproject.toml": "[project]\nname = \"" + name + "\"\nversion = \"1.0\"\nrequires-python = \">=3.11,<3.14\"\n\n" +
			"[tool.poetry.dependencies]\n" + dependencies + "\n" + poetryCore,
		name + "/__init__.py": fmt.Sprintf("word = %q\n", word),
	}
}

const poetryCore = "[build-system]\nrequires = [\"poetry-core>=2\"]\nbuild-backend = \"poetry.core.masonry.api\"\n"

// workspaceService is a service of a workspace, whose build script writes a module.
const workspaceService = `[project]
name = "shop"
version = "1.0.0"
requires-python = ">=3.11,<3.14"

[project.scripts]
shop = "shop:main"

[tool.poetry.dependencies]
orders = { path = "../../libs/orders", develop = true }

[tool.poetry.build]
script = "build.py"

[[tool.poetry.source]]
name = "PyPI"
priority = "supplemental"

` + poetryCore + `
[tool.quatrain]
python = "3.11"
project = "wheel"
`

// A workspace as the real Poetry locks it: a service, a library that it needs, and what
// that one needs: a library beside it and a wheel in its own folder. The service has a
// build script of poetry-core's. Each is a build of its own.
func TestWorkspace(t *testing.T) {
	poetry := variable(t, "QUATRAIN_POETRY")
	root, only := t.TempDir(), unique(t)
	rates := pindex.Wheel{Name: "rates", Version: "1.0", Files: map[string]string{"rates.py": "word = 'rates'\n"}}
	vendored := "vendor/" + rates.Filename()
	x := newIndex(t)
	x.Add(pipWheel(t))
	p := &project{index: x, dir: filepath.Join(root, "services", "shop"), toml: workspaceService, files: map[string]string{
		"shop/__init__.py":              "import orders, money, rates\nfrom shop import generated\n\ndef main():\n    print(orders.word, money.word, rates.word, generated.word)\n",
		"build.py":                      "import pathlib\nword = pathlib.Path('word.txt').read_text().strip()\npathlib.Path('shop/generated.py').write_text(f'word = {word!r}\\n')\n",
		"word.txt":                      "generated " + only + "\n",
		"../../libs/orders/" + vendored: string(rates.Bytes()),
	}}
	maps.Copy(p.files, inFolder("../../libs/orders", poetryMember("orders", "money = { path = \"../money\", develop = true }\nrates = { path = \""+vendored+"\" }\n", "orders "+only)))
	maps.Copy(p.files, inFolder("../../libs/money", poetryMember("money", "", "money "+only)))
	p.write(t)
	must(t, os.WriteFile(filepath.Join(root, "Dockerfile"), []byte(syntax()+"project-dir = \"services/shop\"\n"), 0o644))
	must(t, os.Remove(filepath.Join(p.dir, "poetry.lock")))
	poets := builder{env: []string{"POETRY_CACHE_DIR=" + t.TempDir(), "POETRY_VIRTUALENVS_CREATE=false"}}
	poets.must(t, p.dir, poetry, "lock", "--no-interaction")
	lock, err := os.ReadFile(filepath.Join(p.dir, "poetry.lock"))
	must(t, err)
	if !strings.Contains(string(lock), `url = "../../libs/money"`) {
		t.Fatalf("Poetry has locked no nested path:\n%s", lock)
	}

	b := engine(t)
	tag := b.tag(t)
	r := request{dir: root, secrets: machineCA(t), flags: []string{"--tag", tag}}
	builds := func(what string, want ...string) outcome {
		t.Helper()
		o := build(t, buildx, r)
		if o.err != nil {
			t.Fatalf("%s: %s\n%s", what, printed(o.err), o.log)
		}
		if got := withPrefix(o.ran, "[build]"); !slices.Equal(got, want) {
			t.Errorf("%s built %q, not %q", what, got, want)
		}
		return o
	}
	o := builds("the first", "[build] money 1.0", "[build] orders 1.0", "[build] shop 1.0.0")
	for _, name := range []string{"orders/__init__.py", "money/__init__.py", "rates.py", "shop/__init__.py", "shop/generated.py"} {
		if o.image.files[site+name] == nil {
			t.Errorf("%s is not installed", name)
		}
	}
	for name, want := range map[string]string{"orders-1.0": "/libs/orders", "money-1.0": "/libs/money", "rates-1.0": "/libs/orders/" + vendored} {
		if got := directURL(t, o, name)["url"]; got != "file://"+want {
			t.Errorf("direct_url.json of %s says %v", name, got)
		}
	}
	if o := builds("the second"); len(o.ran) > 0 {
		t.Errorf("the second ran %q", o.ran)
	}
	edit := func(name, text string) {
		t.Helper()
		must(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o644))
	}
	edit("libs/money/money/__init__.py", "word = 'edited'\n# "+only+"\n")
	o = builds("an edit of the innermost", "[build] money 1.0")
	if f := o.image.files[site+"money/__init__.py"]; f == nil || !strings.Contains(string(f.data), "edited") {
		t.Errorf("the edit of money is not in the image: %v", f)
	}
	edit("libs/orders/orders/__init__.py", "word = 'edited too'\n# "+only+"\n")
	builds("an edit of the one between", "[build] orders 1.0")
	edit("services/shop/word.txt", "by the script "+only+"\n")
	o = builds("an edit of what the script reads", "[build] shop 1.0.0")

	b.must(t, "", "docker", "load", "--input", o.archive)
	if got, want := b.must(t, "", "docker", "run", "--rm", tag), "edited too edited rates by the script "+only; got != want {
		t.Errorf("the image prints %q, not %q", got, want)
	}
}
