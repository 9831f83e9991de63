package docs

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"go.yaml.in/yaml/v3"

	"github.com/quatrain-build/quatrain/internal/lint"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

// readers read a snippet as the program does that it is for.
var readers = map[string]func(text string) error{
	"toml":       readTOML,
	"dockerfile": readDockerfile,
	"yaml":       readYAML,
	"hcl": func(text string) error {
		_, problems := hclparse.NewParser().ParseHCL([]byte(text), "docker-bake.hcl")
		if problems.HasErrors() {
			return problems
		}
		return nil
	},
	"json": func(text string) error { return json.Unmarshal([]byte(text), new(any)) },
}

// Whoever copies a snippet gets something that works.
func TestSnippets(t *testing.T) {
	count := map[string]int{}
	for _, p := range readPages(t) {
		if p.name == "docs/reference.md" { // its examples are keys of tables: see internal/reference
			continue
		}
		for _, b := range p.blocks {
			read := readers[b.language]
			if read == nil {
				if b.language != "" && b.language != "go" && b.language != "text" && b.language != "sh" {
					t.Errorf("%s:%d: nothing reads a snippet of the language %q", p.name, b.line, b.language)
				}
				continue
			}
			count[b.language]++
			if err := read(b.text); err != nil {
				t.Errorf("%s:%d: %v in\n%s", p.name, b.line, err, b.text)
			}
		}
	}
	for language := range readers {
		if count[language] == 0 {
			t.Errorf("no page has a snippet of the language %s", language)
		}
	}
}

// A snippet with a mistake is found.
func TestSnippetsAreRead(t *testing.T) {
	for language, text := range map[string]string{
		"toml":       "[tool.quatrain]\ncomand = \"x\"\n",
		"dockerfile": "# syntax=quatrain/poetry:1\ncomand = \"x\"\n",
		"yaml":       "services:\n  app: {bild: .}\n",
		"hcl":        "target \"app\" {\n",
		"json":       "{",
	} {
		if err := readers[language](text); err == nil {
			t.Errorf("%s: %q is accepted", language, text)
		}
	}
	for _, text := range []string{
		"[tool.poetry.group.dev.dependencies]\npytest = { versoin = \"*\" }\n",
		"[[tool.poetry.source]]\nname = \"x\"\nurl = \"https://x\"\npriority = \"first\"\n",
		"[project]\nname = \"x\"\nversion = \"1\"\n[tool.quatrain]\nports = [\"http\"]\n",
	} {
		if err := readTOML(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	if err := readDockerfile("FROM x\nRUNN y\n"); err == nil {
		t.Error("a Dockerfile with RUNN is accepted")
	}
}

// setting is code in a line of text that sets something.
var setting = regexp.MustCompile(`^[a-z-]+ = ["\[{a-z0-9]`)

// others are keys of other programs that the pages name in this way.
var others = []string{"package-mode", "develop", "priority", "path", "source", "setuptools", "omnibus", "url", "name", "ssh"}

// A setting in the middle of a sentence, or in a table, is one as well.
func TestSettingsInText(t *testing.T) {
	count := 0
	for _, p := range readPages(t) {
		if strings.HasPrefix(p.name, "docs/decisions/") || p.name == "docs/reference.md" {
			continue
		}
		for _, s := range p.spans {
			key, _, _ := strings.Cut(s.target, " ")
			if !setting.MatchString(s.target) || slices.Contains(others, key) {
				continue
			}
			count++
			var first error
			read := slices.ContainsFunc([]string{"", "target.x.", "build."}, func(table string) bool {
				_, err := pyproject.ParseStub(&source.File{Name: "Dockerfile", Data: []byte(table + s.target)})
				first = cmp.Or(first, err)
				return err == nil
			})
			if !read {
				t.Errorf("%s:%d: `%s`: %v", p.name, s.line, s.target, first)
			}
		}
	}
	if count < 30 {
		t.Errorf("only %d settings were found", count)
	}
}

// table is the header of a table that is not Quatrain's.
var table = regexp.MustCompile(`(?m)^\[+(?:project|build-system|tool\.poetry|dependency-groups)`)

// readTOML reads a part of pyproject.toml, or keys of [tool.quatrain] without their header.
func readTOML(text string) error {
	if !table.MatchString(text) {
		_, err := pyproject.ParseStub(&source.File{Name: "Dockerfile", Data: []byte(text)})
		return err
	}
	_, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(whole(text))})
	return err
}

// whole adds what a part of pyproject.toml needs to be one.
func whole(text string) string {
	if !strings.HasPrefix(text, "[") { // keys of a stub
		text = "[tool.quatrain]\n" + text
	}
	if strings.Contains(text, "[project]") || strings.Contains(text, "[tool.poetry]\nname") {
		return text
	}
	return "[project]\nname = \"shop\"\nversion = \"1.0\"\ndynamic = [\"dependencies\"]\n" + text
}

// emptyLock has no packages.
const emptyLock = "[metadata]\nlock-version = \"2.1\"\npython-versions = \">=3.11\"\ncontent-hash = \"0\"\n"

// aboutAll are rules that a part of a project can break without the rest of it.
var aboutAll = []string{"PoetryRun", "ShellSyntax", "EnvNotExpanded", "LoopbackHost", "HealthcheckTool", "RootUser", "SecretInEnv", "SecretInURL"}

// The pages recommend nothing that --check complains of.
func TestSnippetsPassCheck(t *testing.T) {
	lock, _, err := lockfile.Parse(&source.File{Name: "poetry.lock", Data: []byte(emptyLock)})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range readPages(t) {
		if p.name == "docs/reference.md" {
			continue
		}
		for _, b := range p.blocks {
			if b.language != "toml" && !strings.HasPrefix(b.text, "# syntax=quatrain/") {
				continue
			}
			project, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(whole(b.text))})
			if err != nil {
				continue // see TestSnippets
			}
			for _, w := range lint.Check(project, lock) {
				if slices.Contains(aboutAll, w.Rule.Name) {
					t.Errorf("%s:%d: %s: %s in\n%s", p.name, b.line, w.Rule.Name, w.Message, b.text)
				}
			}
		}
	}
}

func readDockerfile(text string) error {
	if strings.HasPrefix(text, "# syntax=quatrain/") {
		_, err := pyproject.ParseStub(&source.File{Name: "Dockerfile", Data: []byte(text)})
		return err
	}
	parsed, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return err
	}
	_, _, err = instructions.Parse(parsed.AST, nil)
	return err
}

// composeFile is what the pages use of the compose specification.
type composeFile struct {
	Services map[string]struct {
		Image       string
		Build       any
		Command     any
		Environment map[string]string
		Ports       []string
		Volumes     []string
		Profiles    []string
		DependsOn   map[string]any `yaml:"depends_on"`
		Healthcheck map[string]any
		StdinOpen   bool `yaml:"stdin_open"`
		TTY         bool
		Develop     struct {
			Watch []struct{ Action, Path, Target string }
		}
	}
	Secrets map[string]struct{ File, Environment string }
	Build   any `yaml:"x-build"`
}

// buildKeys are those of build in a service that the pages use.
var buildKeys = []string{"context", "dockerfile", "target", "args", "ssh", "secrets", "additional_contexts"}

func readYAML(text string) error {
	var any map[string]any
	if err := yaml.Unmarshal([]byte(text), &any); err != nil {
		return err
	}
	if _, ok := any["services"]; !ok {
		if len(any) == 0 {
			return errors.New("it is empty")
		}
		return nil // a workflow, or a part of something
	}
	var file composeFile
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return err
	}
	for name, s := range file.Services {
		build, _ := s.Build.(map[string]interface{})
		for key := range build {
			if !strings.Contains(" "+strings.Join(buildKeys, " ")+" ", " "+key+" ") {
				return fmt.Errorf("service %s: build has no key %q", name, key)
			}
		}
	}
	return nil
}

// Files that only GitHub, an editor or compose reads are well-formed.
func TestFiles(t *testing.T) {
	count := map[string]int{}
	for _, pattern := range []string{
		".github/*.yml", ".github/*/*.yml", ".github/*/*.yaml", "mkdocs.yml", "examples/*/compose.yaml", ".devcontainer/*.json",
	} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			count[pattern]++
			read := readYAML
			if filepath.Ext(name) == ".json" {
				read = func(text string) error { // with comments: they are lines of their own or at the end of one
					return readers["json"](regexp.MustCompile(`(?m)(^|\s)//.*$`).ReplaceAllString(text, ""))
				}
			}
			if err := read(string(data)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if count[pattern] == 0 {
			t.Errorf("there is no %s", pattern)
		}
	}
}
