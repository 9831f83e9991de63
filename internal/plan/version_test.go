package plan

import (
	"strings"
	"testing"
)

func TestWarnOfVersion(t *testing.T) {
	const (
		dynamic = "[project]\nname = \"x\"\ndynamic = [\"version\"]\n[tool.poetry]\nversion = \"0.0.0\"\n"
		static  = "[project]\nname = \"x\"\nversion = \"0.0.0\"\n"
		poetry  = "[tool.poetry]\nname = \"x\"\nversion = \"0.0.0\"\n"
		enabled = "[tool.poetry-dynamic-versioning]\nenable = true\n"
		scm     = "[build-system]\nrequires = [\"setuptools>=64\", \"setuptools_scm[toml]>=8\"]\n"
	)
	for text, want := range map[string]string{
		dynamic + enabled: "pyproject.toml:5: the image says version 0.0.0, a placeholder: poetry-dynamic-versioning, which replaces it, does not run in a build\nhint: Run `poetry dynamic-versioning` before",
		poetry + enabled:  "pyproject.toml:3: the image says version 0.0.0",
		static + enabled:  "poetry-dynamic-versioning",
		dynamic + "[tool.poetry-dynamic-versioning]\nenable = false\n":                  "",
		dynamic + "[tool.poetry.requires-plugins]\npoetry-dynamic-versioning = \"*\"\n": "", // the plugin does nothing by default
		poetry + "[tool.poetry-version-plugin]\nsource = \"git-tag\"\n":                 "poetry-version-plugin, which replaces it",
		poetry + "[tool.poetry.requires-plugins]\npoetry-git-version-plugin = \"*\"\n":  "poetry-git-version-plugin",
		dynamic + scm: "setuptools-scm, which replaces it, does not run in a build\nhint: Write the version",
		static + scm:  "",
		dynamic + "[build-system]\nrequires = [\"hatchling\", \"hatch-vcs\"]\n": "hatch-vcs",
		dynamic + "[build-system]\nrequires = [\"poetry-core\"]\n":              "",
		dynamic + "[build-system]\nrequires = \"setuptools-scm\"\n":             "",
		dynamic: "",
		strings.Replace(dynamic, "0.0.0", "0.0.0.dev0", 1) + enabled: "version 0.0.0.dev0",
		strings.Replace(dynamic, "0.0.0", "0", 1) + enabled:          "version 0, a placeholder",
		strings.Replace(dynamic, "0.0.0", "0.1.0", 1) + enabled:      "version 0.1.0",
		strings.Replace(dynamic, "0.0.0", "1.4.2", 1) + enabled:      "", // written before the build
		strings.Replace(dynamic, "0.0.0", "0.4", 1) + enabled:        "",
	} {
		got := ""
		if w := WarnOfVersion(parse(t, text)); w != nil {
			got = w.Error()
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s\nwarns %q, want %q", text, got, want)
		}
	}
}
