package docs

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

// entries are entry files that examples of the command name.
var entries = map[string]string{
	"root.Dockerfile":  "# syntax=quatrain/poetry:1\nuser = \"root\"\n",
	"wrong.Dockerfile": "# syntax=quatrain/poetry:1\ncomand = [\"minimal\"]\n",
}

// What a page says that the command prints is what it prints. A line "…" leaves out the rest.
func TestOutputOfTheCommand(t *testing.T) {
	quatrain, dir := buildCommand(t), t.TempDir()
	examples, err := filepath.Abs(filepath.Join(root, "examples"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(examples, filepath.Join(dir, "examples")); err != nil {
		t.Fatal(err)
	}
	for name, text := range entries {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	count := 0
	for _, p := range readPages(t) {
		for _, b := range p.indented {
			line, want, _ := strings.Cut(b.text, "\n")
			args, ok := strings.CutPrefix(line, "$ quatrain ")
			if !ok {
				continue
			}
			count++
			got := output(t, dir, quatrain, strings.Fields(args))
			want = strings.TrimRight(want, "\n")
			if start, more := strings.CutSuffix(want, "…"); more {
				want, got = start, got[:min(len(start), len(got))]
			}
			if got != want {
				t.Errorf("%s:%d: `%s` prints\n%s\n\nThe page says\n%s", p.name, b.line, line, got, want)
			}
		}
	}
	if count < 5 {
		t.Errorf("only %d examples were found", count)
	}
}

// The page of the command lists every option, and no other.
func TestOptionsOfTheCommand(t *testing.T) {
	quatrain := buildCommand(t)
	option := regexp.MustCompile(`--[a-z-]+`)
	var want []string
	for _, name := range []string{"plan", "llb", "check"} {
		for line := range strings.Lines(output(t, ".", quatrain, []string{name, "--help"})) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "-") {
				want = append(want, option.FindString(line))
			}
		}
	}
	want = slices.DeleteFunc(want, func(o string) bool { return o == "--help" })
	slices.Sort(want)
	want = slices.Compact(want)
	if len(want) < 10 {
		t.Fatalf("the command has the options %q", want)
	}
	data, err := os.ReadFile(filepath.Join(root, "docs/cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "| `-") {
			got = append(got, option.FindString(line))
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("docs/cli.md lists\n%q, and the command has\n%q", got, want)
	}
}

// What --call targets answers is on the page that shows it.
func TestTargetsAreDescribed(t *testing.T) {
	const name = "docs/getting-started.md"
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	project := &pyproject.Project{}
	for _, target := range plan.TargetNames(project.Quatrain) {
		resolved, err := plan.ResolveTarget(project, target)
		if err != nil {
			t.Fatal(err)
		}
		line := regexp.MustCompile(`(?m)^ +` + target + `( \(default\))? +` + regexp.QuoteMeta(resolved.Description) + `$`)
		if !line.Match(data) {
			t.Errorf("%s does not describe the target %s: %s", name, target, resolved.Description)
		}
	}
}

// buildCommand compiles the command and returns its path.
func buildCommand(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "quatrain.exe")
	if out, err := exec.Command("go", "build", "-o", name, filepath.Join(root, "cmd/quatrain")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

// output returns what a command prints, but for its notes and for spaces at the ends of lines.
func output(t *testing.T, dir, name string, args []string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var out, errOut strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	var kept []string
	for line := range strings.Lines(out.String() + errOut.String()) {
		if line = strings.TrimRight(line, " \n"); !strings.HasPrefix(line, "note: ") {
			kept = append(kept, line)
		}
	}
	return strings.TrimRight(strings.Join(kept, "\n"), "\n")
}
