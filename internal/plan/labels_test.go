package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

func labelsOf(t *testing.T, toml string) string {
	t.Helper()
	project, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(toml)})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, l := range (&Plan{Project: project, Target: Target{Stage: AppStage}}).Labels() {
		b.WriteString(strings.TrimPrefix(l.Name, "org.opencontainers.image.") + " = " + l.Value + "\n")
	}
	return b.String()
}

func TestLabels(t *testing.T) {
	for name, c := range map[string]struct{ toml, want string }{
		"all": {`[project]
name = "Shop"
version = "1.0-rc1"
description = """Sells
things"""
license = "mit or apache-2.0"
authors = [{ name = "A", email = "a@b.c" }, { name = "B" }]
[project.urls]
"Home page" = "https://shop.example"
github = "https://me:secret@git.example/shop"
Docs = "https://docs.example"
Changelog = "https://changes.example"
`, `title = Shop
version = 1.0rc1
description = Sells things
licenses = MIT OR Apache-2.0
authors = A <a@b.c>, B
url = https://shop.example
source = https://git.example/shop
documentation = https://docs.example
`},
		"Poetry 1": {`[tool.poetry]
name = "shop"
version = "1.0"
description = ""
license = "BSD-3-Clause"
authors = ["A <a@b.c>"]
homepage = "https://shop.example"
repository = "https://git.example/shop"
documentation = "https://docs.example"
`, `title = shop
version = 1.0
licenses = BSD-3-Clause
authors = A <a@b.c>
url = https://shop.example
source = https://git.example/shop
documentation = https://docs.example
`},
		"a license in words": {"[tool.poetry]\nname = \"shop\"\nversion = \"1\"\nlicense = \"Ask us first\"\n", "title = shop\nversion = 1\n"},
		"no package":         {"[tool.poetry]\npackage-mode = false\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, labelsOf(t, c.toml)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An image without the project's files says nothing of the project.
func TestLabelsOfOtherTargets(t *testing.T) {
	p := &Plan{Project: &pyproject.Project{Name: source.Text{Value: "shop"}}, Target: Target{Stage: BuilderStage}}
	if got := p.Labels(); len(got) > 0 {
		t.Errorf("labels %v", got)
	}
}
