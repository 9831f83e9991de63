package pyproject

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/source"
)

const syntaxLine = "# syntax=quatrain/poetry:1\n"

// A stub's settings may have the header that they have in pyproject.toml.
func TestParseStub(t *testing.T) {
	for _, text := range []string{
		"python = \"3.12\"\n[target.worker]\ncommand = [\"w\"]\n",
		"[tool.quatrain]\npython = \"3.12\"\n[tool.quatrain.target.worker]\ncommand = [\"w\"]\n",
		"[tool.quatrain.target.worker]\ncommand = [\"w\"]\n[tool.quatrain]\npython = \"3.12\"\n",
		"tool.quatrain.python = \"3.12\"\ntool.quatrain.target.worker.command = [\"w\"]\n",
		"[tool]\nquatrain = {python = \"3.12\", target = {worker = {command = [\"w\"]}}}\n",
	} {
		c, err := ParseStub(&source.File{Name: "Dockerfile", Data: []byte(syntaxLine + text)})
		if err != nil || c.Python.Value != "3.12" || len(c.Targets) != 1 || c.Targets[0].Name != "worker" {
			t.Errorf("%s: %+v %v", text, c, err)
		}
	}
	for _, text := range []string{"", "[tool.quatrain]\n", "# only words\n"} {
		if _, err := ParseStub(&source.File{Name: "Dockerfile", Data: []byte(syntaxLine + text)}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseStubRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"python = \"3.12\"\n[tool.quatrain]\napt = []\n":        `Dockerfile:2: "python" is outside [tool.quatrain], which this stub also has`,
		"[tool.quatrain]\napt = []\n[target.a]\n":               `Dockerfile:4: "target" is outside [tool.quatrain], which this stub also has`,
		"[tool.quatrain]\n[tool.poetry]\nname = \"x\"\n":        "Dockerfile:3: [tool.poetry] does not belong in a stub",
		"[tool.poetry]\nname = \"x\"\n":                         "a stub has only the settings of [tool.quatrain]",
		"tool = 3\n":                                            "a stub has only the settings of [tool.quatrain]",
		"[tool]\nquatrain = 1\n":                                "a stub has only the settings of [tool.quatrain]",
		"[tool.quatrain]\npyhton = \"3.12\"\n":                  `Did you mean "python"?`,
		"[tool.quatrain]\npyhton = \"3.12\"\nports = [\"x\"]\n": `"x" is not a port`,
		"FROM python:3.13-slim\nCOPY . .\n":                     "Dockerfile:2: this is a Dockerfile",
		"# escape=`\n\n# words\nARG V=3.13\nFROM python:${V}\n": "Dockerfile:5: this is a Dockerfile",
		"from python AS build\r\nRUN pip install x\r\n":         "Dockerfile:2: this is a Dockerfile",
		"python = \"3.12\"\n  FROM --platform=linux/amd64 x\n":  "Dockerfile:3: this is a Dockerfile",
		"ENV A=1\n":                         "-f pyproject.toml",
		"python = 3.12.1\n":                 "not valid TOML",
		"user = app\n":                      "not valid TOML",
		"env = { A = \"1\" \nlabels = {}\n": "not valid TOML",
		"[target.a]\nfrom = \"development\"\nenv.A = b\n": "not valid TOML",
	} {
		_, err := ParseStub(&source.File{Name: "Dockerfile", Data: []byte(syntaxLine + text)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
