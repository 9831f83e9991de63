package explain_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/frontend/explain"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/lockfile"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
	"github.com/quatrain-build/quatrain/internal/step"
)

var (
	toml = &source.File{Name: "pyproject.toml"}
	lock = &source.File{Name: "poetry.lock"}
)

func line(f *source.File, n int) source.Range {
	return source.Range{File: f, Start: source.Position{Line: n, Column: 1}, End: source.Position{Line: n, Column: 2}}
}

// build returns a build whose files have something on each line that a problem can be about.
func build(change func(*explain.Build)) explain.Build {
	project := &pyproject.Project{File: toml}
	project.Quatrain.Base.At = line(toml, 1)
	b := explain.Build{
		Project: project,
		Lock:    &lockfile.Lock{File: lock, Packages: []*lockfile.Package{{Name: "pure", At: line(lock, 1)}, {Name: "built", At: line(lock, 2)}}},
		Plan: &plan.Plan{
			Project:  project,
			Platform: "linux/arm64",
			Packages: []plan.Package{{Name: "built", Elsewhere: "3.12"}, {Name: "pure"}},
			Target: plan.Target{
				Image:   pyproject.Image{Command: &pyproject.Command{At: line(toml, 2)}},
				Prepare: &pyproject.Prepare{Command: &pyproject.Command{At: line(toml, 3)}},
			},
		},
	}
	if change != nil {
		change(&b)
	}
	return b
}

// text returns what people see of an error.
func text(err error) string {
	return source.NewReport(err).Text(func(*source.Excerpt) string { return "" })
}

// A problem is shown where the user can do something about it.
func TestPlaces(t *testing.T) {
	noPlan := func(b *explain.Build) { b.Plan = nil }
	for name, c := range map[string]struct {
		change  func(*explain.Build)
		problem step.Problem
		want    string
	}{
		"a package":                 {nil, step.Problem{Package: "built"}, "poetry.lock:2: "},
		"a package without a plan":  {noPlan, step.Problem{Package: "pure"}, "poetry.lock:1: "},
		"a package that is unknown": {nil, step.Problem{Package: "other"}, ""},
		"no package":                {nil, step.Problem{}, ""},
		"the base":                  {nil, step.Problem{Kind: step.BadBase}, "pyproject.toml:1: "},
		"the base without a plan":   {noPlan, step.Problem{Kind: step.BadBase}, "pyproject.toml:1: "},
		"a command":                 {nil, step.Problem{Kind: step.CommandFailed}, "pyproject.toml:2: "},
		"a command by default":      {func(b *explain.Build) { b.Plan.Target.Image.Command = nil }, step.Problem{Kind: step.CommandFailed}, "pyproject.toml: "},
		"what prepares":             {nil, step.Problem{Kind: step.PrepareFailed}, "pyproject.toml:3: "},
		"what prepares no more":     {func(b *explain.Build) { b.Plan.Target.Prepare = nil }, step.Problem{Kind: step.PrepareFailed}, ""},
	} {
		c.problem.Message = "it failed"
		if got := text(build(c.change).Problems([]step.Problem{c.problem})); got != c.want+"it failed" {
			t.Errorf("%s: %q, want the place %q", name, got, c.want)
		}
	}
}

// Problems keep their order and their hints. On a platform that is emulated, each names it.
func TestProblems(t *testing.T) {
	problems := []step.Problem{
		{Kind: step.BuildFailed, Package: "built", Message: "no wheel could be made of built", Hint: "Read the log."},
		{Kind: step.BuildFailed, Package: "other", Message: "no wheel could be made of other", Hint: "Read 100% of it."},
		{Kind: step.NotFound, Package: "built", Message: "built.tar.gz is 50% of a file"},
	}
	var got [][2]string
	for _, e := range source.All(build(func(b *explain.Build) { b.Emulated = true }).Problems(problems)) {
		got = append(got, [2]string{e.Message, e.Hint})
	}
	want := [][2]string{
		{"linux/arm64: no wheel could be made of built", `Read the log. Set python = "3.12" in [tool.quatrain]: the lock has a wheel of built for it.`},
		{"linux/arm64: no wheel could be made of other", "Read 100% of it."},
		{"linux/arm64: built.tar.gz is 50% of a file", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := build(nil).Problems(nil); err != nil {
		t.Errorf("no problems: %v", err)
	}
	if got := text(build(nil).Problems(problems[:1])); strings.Contains(got, "arm64") {
		t.Errorf("not emulated: %s", got)
	}
}
