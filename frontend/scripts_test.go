package frontend_test

import (
	"strings"
	"testing"
)

// A script of the project that calls Poetry is named, with its line, by a build and a check,
// whatever form the project has.
func TestScriptCallsTool(t *testing.T) {
	const want = "start.sh calls `poetry run`, which the image does not have"
	for _, form := range []string{"source", "wheel", "none"} {
		a := asked{
			files: map[string]string{
				"svc/pyproject.toml": toml + "project = \"" + form + "\"\ncommand = [\"./deploy/start.sh\"]\n", "svc/poetry.lock": lock, "svc/shop.py": "",
				"svc/deploy/start.sh": "#!/bin/sh\nset -e\nexec poetry run shop\n",
			},
			opts: args("filename", "svc/pyproject.toml", "build-arg:project-dir", "svc"),
		}
		got := build(t, a)
		if said := strings.Join(got.warnings, "\n"); got.err != nil || strings.Count(said, want+" (svc/deploy/start.sh:3)") != 1 {
			t.Errorf("%s: %q, %v", form, said, got.err)
		}
		if found := strings.Join(checked(t, a), "\n"); strings.Count(found, want) != 1 || !strings.Contains(found, "BuildWarns") {
			t.Errorf("%s: check says %q", form, found)
		}
		a.files["svc/deploy/start.sh"] = "#!/bin/sh\nexec shop\n"
		if got := build(t, a); got.err != nil || len(got.warnings) > 0 {
			t.Errorf("%s, mended: %q, %v", form, got.warnings, got.err)
		}
		delete(a.files, "svc/deploy/start.sh") // perhaps prepare writes it
		if got := build(t, a); got.err != nil || len(got.warnings) > 0 {
			t.Errorf("%s, without the script: %q, %v", form, got.warnings, got.err)
		}
	}
}
