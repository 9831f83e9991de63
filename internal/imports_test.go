package internal_test

import (
	"os/exec"
	"strings"
	"testing"
)

// The rules of docs/architecture.md over imports, transitive ones included.
func TestImports(t *testing.T) {
	const module = "github.com/quatrain-build/quatrain/"
	rules := []struct{ packages, forbidden, why string }{
		{"./...", "github.com/moby/buildkit", "internal packages import no BuildKit"},
		{"./...", module + "frontend", "nothing below imports the rim"},
		{"../cmd/quatrain-helper", "github.com/moby/buildkit", "the helper's bytes are a cache key"},
		{"../llb", module + "frontend", "the graph does not know the gateway"},
		{"./source", module + "internal/pyproject", "parsers import nothing above them"},
		{"./lockfile", module + "internal/selection", "parsers import nothing above them"},
		{"./lockfile", module + "internal/plan", "parsers import nothing above them"},
		{"./pyproject", module + "internal/plan", "parsers import nothing above them"},
		{"./poetrytoml", module + "internal/selection", "parsers import nothing above them"},
	}
	for _, r := range rules {
		out, err := exec.Command("go", "list", "-deps", r.packages).Output()
		if err != nil {
			t.Fatalf("go list %s: %v", r.packages, err)
		}
		for _, dep := range strings.Fields(string(out)) {
			if dep == r.forbidden || strings.HasPrefix(dep, r.forbidden+"/") {
				t.Errorf("%s depends on %s: %s", r.packages, dep, r.why)
			}
		}
	}
}
