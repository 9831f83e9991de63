package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/test/answers"
)

const testdata = "../../test/testdata"

// recorded are the answers of the real Poetry for the projects of a folder.
// `make poetry-diff ARGS=-update` writes them.
func recorded(t *testing.T, name string, atLeast int) []answers.Recorded {
	all, err := answers.Read(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < atLeast {
		t.Errorf("%s has %d projects", name, len(all))
	}
	return all
}

// TestPoetry compares `quatrain plan` with what Poetry answered for the projects of
// test/testdata/projects, and for some random ones.
func TestPoetry(t *testing.T) {
	differences, err := answers.ReadDifferences(filepath.Join(testdata, "differences.txt"))
	if err != nil {
		t.Fatal(err)
	}
	check := func(folder string, r answers.Recorded) {
		t.Run(r.Project, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(testdata, folder, r.Project)
			again := filepath.Join(t.TempDir(), r.Project)
			if err := answers.CopyReResolving(dir, again); err != nil {
				t.Fatal(err)
			}
			for _, a := range r.Answers {
				where := dir
				if a.ReResolves() {
					where = again
				}
				text := answers.Compare(a, planned(r.PlanArgs(a, where)))
				if reason := differences.Reason(r.Project, a); (text == "") != (reason == "") {
					t.Errorf("%s: %s (listed: %q)", a, text, reason)
				}
			}
		})
	}
	for _, r := range recorded(t, "answers.json", 30) {
		check("projects", r)
	}
	for _, r := range recorded(t, "random.json", 12) {
		check("random", r)
	}
}

// TestResolution holds [tool.quatrain] resolution against Poetry's installer.re-resolve:
// "walk" is true, "lock" is false, whatever poetry.toml says.
func TestResolution(t *testing.T) {
	different := 0
	for _, r := range recorded(t, "answers.json", 30) {
		dir := filepath.Join(testdata, "projects", r.Project)
		if r.Answers[0].Refused != "" || !slices.ContainsFunc(r.Answers, answers.Answer.ReResolves) {
			continue
		}
		walk, lock := filepath.Join(t.TempDir(), r.Project), filepath.Join(t.TempDir(), r.Project)
		resolves(t, dir, walk, "walk", false)
		resolves(t, dir, lock, "lock", true)
		for _, a := range r.Answers {
			right, wrong := lock, walk
			if a.ReResolves() {
				right, wrong = walk, lock
			}
			if text := answers.Compare(a, planned(r.PlanArgs(a, right))); text != "" && a.Twice() == "" {
				t.Errorf("%s: %s: %s", r.Project, a, text)
			}
			if answers.Compare(a, planned(r.PlanArgs(a, wrong))) != "" {
				different++
			}
		}
	}
	if different == 0 {
		t.Error("no project tells the two apart")
	}
}

// resolves copies a project, with a resolution of its own; poetry.toml says the opposite.
func resolves(t *testing.T, dir, to, resolution string, poetryToml bool) {
	t.Helper()
	if err := answers.CopyReResolving(dir, to); err != nil {
		t.Fatal(err)
	}
	edit := func(name string, change func(string) string) {
		data, err := os.ReadFile(filepath.Join(to, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), []byte(change(string(data))), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	edit("pyproject.toml", func(s string) string { return s + "\n[tool.quatrain]\nresolution = \"" + resolution + "\"\n" })
	edit("poetry.toml", func(s string) string {
		return strings.Replace(s, "re-resolve = true", fmt.Sprintf("re-resolve = %t", poetryToml), 1)
	})
}

func planned(args []string) answers.Planned {
	var out, errOut bytes.Buffer
	status := run(args, &out, &errOut)
	return answers.Planned{Status: status, Out: out.String(), ErrOut: errOut.String()}
}

// TestGroupOptions compares the groups that --with, --without and --only come to with
// those that Poetry activated.
func TestGroupOptions(t *testing.T) {
	compared := 0
	for _, r := range recorded(t, "answers.json", 30) {
		name := filepath.Join(testdata, "projects", r.Project, "pyproject.toml")
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := pyproject.Parse(&source.File{Name: name, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range r.Answers {
			if a.Groups == nil || slices.Contains(a.Options, "--all-groups") {
				continue
			}
			groups, err := selection.ActiveGroups(p, valueOf(a, "--with"), valueOf(a, "--without"), valueOf(a, "--only"))
			if diff := cmp.Diff(a.Groups, groups); err != nil || diff != "" {
				t.Errorf("%s: %s: %v %s", r.Project, a, err, diff)
			}
			compared++
		}
	}
	if compared < 500 {
		t.Errorf("%d compared", compared)
	}
}

func valueOf(a answers.Answer, option string) []string {
	if i := slices.Index(a.Options, option); i >= 0 {
		return strings.Split(a.Options[i+1], ",")
	}
	return nil
}
