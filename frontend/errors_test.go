package frontend_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/solver/errdefs"
)

// All that is wrong in the files is said at once, with the excerpts in the order of
// the texts.
func TestErrorsAreCollected(t *testing.T) {
	a := build(t, asked{files: map[string]string{
		"pyproject.toml": toml + "ports = [0]\nworkdir = \"app\"\n",
		"poetry.lock":    strings.Replace(lock, `version = "1.0"`, `version = 1`, 1),
	}})
	var places []string
	for _, s := range errdefs.Sources(a.err) {
		for _, r := range s.Ranges {
			places = append(places, fmt.Sprintf("%s:%d", s.Info.Filename, r.Start.Line))
		}
	}
	want := []string{"pyproject.toml:11", "pyproject.toml:12", "poetry.lock:2", "poetry.lock:4"}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Error(diff)
	}
	got := a.printed()
	for _, want := range []string{
		"pyproject.toml:11: \"0\" is not a port", "pyproject.toml:12: workdir \"app\" is not an absolute path",
		">>> ports = [0]", ">>> workdir = \"app\"", "poetry.lock:4",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// An error without a place has no excerpt, and one about a whole file neither: not even
// that of the syntax line, which BuildKit would add.
func TestErrorsWithoutAPlace(t *testing.T) {
	a := build(t, asked{opts: args("target", "prodction")})
	if n := len(errdefs.Sources(a.err)); n != 1 || !strings.HasPrefix(a.printed(), `pyproject.toml: target "prodction" is not defined`) || !strings.Contains(a.printed(), `Did you mean "production"?`) {
		t.Errorf("%d excerpts\n%s", n, a.printed())
	}
}
