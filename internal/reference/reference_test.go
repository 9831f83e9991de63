package reference

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

func read(t *testing.T) []Table {
	t.Helper()
	tables, err := Tables("../poetry/pyproject")
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestUpToDate(t *testing.T) {
	page, err := Page(read(t))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := Schema(read(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{PageFile: page, SchemaFile: schema} {
		got, err := os.ReadFile(filepath.Join("../../docs", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("docs/%s is old: run `make generate`\n%s", name, diff)
		}
	}
}

// Each key of a target has a type and a default, also if it is a key of the image.
func TestKeysOfTargets(t *testing.T) {
	page, err := Page(read(t))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"workdir": "See [`workdir`](#workdir).\n\n- Type: string\n- Default: inherited, otherwise `\"/app\"`\n",
		"compile": "See [`compile`](#compile).\n\n- Type: boolean\n- Default: inherited, otherwise `true`; `false` in builder, development and test\n",
		"from":    "inherit from.\n\n- Type: string\n- Default: `\"production\"`",
	} {
		_, section, _ := strings.Cut(string(page), "\n### target.NAME."+key+"\n")
		if section, _, _ = strings.Cut(section, "\n### "); !strings.Contains(section, want) {
			t.Errorf("%s: no %q in\n%s", key, want, section)
		}
	}
}

// A comment has a description, an example, and either a default or "Required.".
func TestComments(t *testing.T) {
	command := pyproject.KeysOf(reflect.TypeFor[pyproject.Prepare]())[0]
	for comment, ok := range map[string]bool{
		"Command runs.\nDefault: none\nExample: command = \"a\"\n":            true,
		"Command runs.\nRequired.\nExample: command = \"a\"\n":                true,
		"Command runs.\nRequired.\nDefault: none\nExample: command = \"a\"\n": false,
		"Command runs.\nExample: command = \"a\"\n":                           false,
		"Command runs.\nRequired.\n":                                          false,
		"Required.\nExample: command = \"a\"\n":                               false,
	} {
		if key, err := describe(command, comment); (err == nil) != ok || ok && key.Doc != "`command` runs." {
			t.Errorf("%q: %+v, %v", comment, key, err)
		}
	}
}

// What the page shows can be written.
func TestExamples(t *testing.T) {
	for _, table := range read(t) {
		header := strings.TrimPrefix(strings.TrimPrefix(table.Name, "tool.quatrain"), ".")
		for _, k := range table.Keys {
			if k.Example == "" {
				continue
			}
			text := k.Example + "\n"
			if header != "" {
				text = "[" + header + "]\n" + text
			}
			if (table.Name == "tool.quatrain.healthcheck" || table.Name == "tool.quatrain.prepare") && k.Name != "command" {
				text += "command = \"true\"\n"
			}
			if err := parse(t, text); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

// So can what the README shows.
func TestREADME(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) == 0 {
		t.Fatal("there are no settings in it")
	}
	for _, b := range blocks {
		root, err := source.ParseTOML(&source.File{Name: "README.md", Data: b[1]})
		if err != nil {
			t.Fatal(err)
		}
		settings := root.Sub("tool", "quatrain")
		if settings == nil {
			t.Errorf("no settings in %s", b[1])
		}
		if _, err := pyproject.ParseConfig(settings); err != nil {
			t.Errorf("%v in\n%s", err, b[1])
		}
	}
}

func parse(t *testing.T, text string) error {
	t.Helper()
	root, err := source.ParseTOML(&source.File{Name: "Dockerfile", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = pyproject.ParseConfig(root)
	return err
}

// The schema and the parser accept and refuse the same.
func TestSchema(t *testing.T) {
	schema := compile(t)
	for text, ok := range map[string]bool{
		"": true,
		"python = \"3.12\"\napt = [\"libpq5\"]\ncompile = false\nports = [80, \"53/udp\"]\n": true,
		"command = \"a b\"\nentrypoint = []\nenv = {A = \"x\", B = 1, C = true}\n":           true,
		"healthcheck = {command = \"true\", retries = 0}\n":                                  true,
		"[prepare]\ncommand = \"python manage.py collectstatic\"\nenv = {A = 1}\n":           true,
		"[target.worker]\nprepare = {command = []}\n":                                        true,
		"prepare = {env = {A = 1}}\n":                                                        false,
		"prepare = \"make\"\n":                                                               false,
		"prepare = {command = \"x\", network = true}\n":                                      false,
		"[build]\napt = [\"gcc\"]\n[target.worker]\nfrom = \"production\"\nports = []\n":     true,
		"pyton = \"3.12\"\n":                              false,
		"python = 3.12\n":                                 false,
		"apt = \"libpq5\"\n":                              false,
		"compile = \"yes\"\n":                             false,
		"project = \"sauce\"\n":                           false,
		"resolution = \"\"\n":                             false,
		"ports = [70000]\n":                               false,
		"ports = [\"http\"]\n":                            false,
		"ports = 80\n":                                    false,
		"env = [\"A=1\"]\n":                               false,
		"env = {A = []}\n":                                false,
		"healthcheck = {interval = \"1s\"}\n":             false,
		"healthcheck = {command = []}\n":                  false,
		"healthcheck = {command = \"x\", retries = -1}\n": false,
		"exclude = [\"tests/**\", \"!tests/a\"]\n":        true,
		"[build]\npip = []\n":                             false,
		"[git]\nhosts = 1\n":                              false,
		"[target.x]\npython = \"3.12\"\n":                 false,
	} {
		if err := parse(t, text); (err == nil) != ok {
			t.Errorf("the parser: %q: %v", text, err)
		}
		if err := schema.Validate(value(t, text)); (err == nil) != ok {
			t.Errorf("the schema: %q: %v", text, err)
		}
	}
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := Schema(read(t))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaFile, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(SchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// value is a TOML text as a JSON validator wants it.
func value(t *testing.T, text string) any {
	t.Helper()
	table := map[string]any{}
	if err := toml.Unmarshal([]byte(text), &table); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(table)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
