package frontend_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/moby/buildkit/frontend/subrequests/outline"
	"github.com/moby/buildkit/frontend/subrequests/targets"
)

// call is the JSON of a subrequest.
func call[T any](t *testing.T, id string, a asked) T {
	t.Helper()
	if a.opts == nil {
		a.opts = map[string]string{}
	}
	a.opts["requestid"] = id
	answer := build(t, a)
	if answer.err != nil {
		t.Fatal(answer.err)
	}
	var result T
	if err := json.Unmarshal(answer.result.Metadata["result.json"], &result); err != nil {
		t.Fatal(err)
	}
	return result
}

func TestTargets(t *testing.T) {
	list := call[targets.List](t, "frontend.targets", asked{files: map[string]string{
		"pyproject.toml": toml + "[tool.quatrain.target.worker]\nfrom = \"development\"\n",
	}})
	var names []string
	for _, target := range list.Targets {
		if target.Default != (target.Name == "production") || target.Description == "" {
			t.Errorf("%+v", target)
		}
		names = append(names, target.Name)
	}
	for _, want := range []string{"base", "builder", "production", "development", "worker"} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s in %q", want, names)
		}
	}
}

func TestOutline(t *testing.T) {
	o := call[outline.Outline](t, "frontend.outline", asked{opts: args("target", "development", "build-arg:PYTHON_VERSION", "3.13")})
	if o.Name != "development" || o.Args[0].Name != "PYTHON_VERSION" || o.Args[0].Value != "3.13" {
		t.Errorf("%+v", o)
	}
}

// Findings point into the file where the setting is, also into a stub; a stale lock
// is a finding here, and no error.
func TestLint(t *testing.T) {
	a := asked{
		files: map[string]string{
			"Dockerfile":     "# syntax=quatrain/poetry:1\nuser = \"root\"\n",
			"poetry.lock":    "[metadata]\nlock-version = \"2.1\"\npython-versions = \"*\"\ncontent-hash = \"ab\"\n",
			"pyproject.toml": toml + "env = { API_TOKEN = \"x\" }\n",
		},
		opts: args("filename", "Dockerfile"),
	}
	type found struct {
		Rule, File string
		Line       int32
	}
	findings := func() (all []found) {
		results := call[lint.LintResults](t, "frontend.lint", a)
		for _, w := range results.Warnings {
			all = append(all, found{w.RuleName, results.Sources[w.Location.SourceIndex].Filename, w.Location.Ranges[0].Start.Line})
		}
		return all
	}
	want := []found{{"StaleLock", "poetry.lock", 4}, {"RootUser", "Dockerfile", 2}, {"SecretInEnv", "pyproject.toml", 11}}
	if diff := cmp.Diff(want, findings()); diff != "" {
		t.Error(diff)
	}
	a.opts["build-arg:BUILDKIT_DOCKERFILE_CHECK"] = "skip=StaleLock,SecretInEnv"
	if diff := cmp.Diff(want[1:2], findings()); diff != "" {
		t.Error(diff)
	}
	a.opts["build-arg:BUILDKIT_DOCKERFILE_CHECK"] = "skip=all"
	if got := findings(); got != nil {
		t.Errorf("%v", got)
	}
}

func TestDescribe(t *testing.T) {
	requests := call[[]struct{ Name string }](t, "frontend.subrequests.describe", asked{})
	var names []string
	for _, r := range requests {
		names = append(names, r.Name)
	}
	for _, want := range []string{"frontend.outline", "frontend.targets", "frontend.lint", "frontend.subrequests.describe"} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s in %q", want, names)
		}
	}
}
