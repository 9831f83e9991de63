package selection_test

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/selection"
	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
)

// `poetry lock` is advice only where the lock is at fault.
func TestHintsOfConflicts(t *testing.T) {
	needs := "[package.dependencies]\nb = \">=2\"\n"
	for name, c := range map[string]struct {
		packages, version, want string
		walk                    bool
	}{
		"the lock has another version": {packages: locked("a", "1", needs) + locked("b", "1", ""), version: "2.0", want: "Run `poetry lock`: the lock does not fit pyproject.toml."},
		"the lock lacks it":            {packages: locked("a", "1", needs), version: "2.0", want: "Run `poetry lock`"},
		"not for this Python": {
			packages: locked("a", "1", needs) + strings.Replace(locked("b", "2", ""), `python-versions = "*"`, `python-versions = "<3.10"`, 1), version: "2.0",
			want: "Set `python` in [tool.quatrain] to one that the lock has b for.",
		},
		"resolved again on request": {packages: locked("a", "1", "groups = [\"main\"]\n"+needs) + locked("b", "1", "groups = [\"main\"]\n"), version: "2.1", walk: true, want: "Set resolution = \"lock\" in [tool.quatrain]"},
	} {
		p, l := parse(t, `a = "*"`, c.packages, c.version)
		python, err := pep440.ParseVersion("3.11.9")
		if err != nil {
			t.Fatal(err)
		}
		_, err = selection.Packages(p, l, selection.Request{Groups: []string{"main"}, Python: python, Walk: c.walk, Environment: pep508.LinuxEnvironment("3.11.9", "x86_64")})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(c.want, "Set ") && strings.Contains(err.Error(), "poetry lock") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
