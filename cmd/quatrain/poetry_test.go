package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/pyproject"
	"github.com/quatrain-build/quatrain/internal/selection"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/test/answers"
)

const testdata = "../../test/testdata"

// TestPoetry compares `quatrain plan` with what the real Poetry answered for the
// projects of test/testdata/projects. `make poetry-diff ARGS=-update` records it.
func TestPoetry(t *testing.T) {
	recorded, err := answers.Read(filepath.Join(testdata, "answers.json"))
	if err != nil {
		t.Fatal(err)
	}
	differences, err := answers.ReadDifferences(filepath.Join(testdata, "differences.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if len(recorded) < 30 {
		t.Errorf("%d projects are recorded", len(recorded))
	}
	for _, r := range recorded {
		t.Run(r.Project, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(testdata, "projects", r.Project)
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
}

func planned(args []string) answers.Planned {
	var out, errOut bytes.Buffer
	status := run(args, &out, &errOut)
	return answers.Planned{Status: status, Out: out.String(), ErrOut: errOut.String()}
}

// TestGroupOptions compares the groups that --with, --without and --only come to with
// those that Poetry activated.
func TestGroupOptions(t *testing.T) {
	recorded, err := answers.Read(filepath.Join(testdata, "answers.json"))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, r := range recorded {
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
