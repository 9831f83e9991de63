package sbom

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

func example() *plan.Plan {
	return &plan.Plan{
		Project: &pyproject.Project{
			Name: source.Text{Value: "Shop"}, Version: source.Text{Value: "1.0"},
			Metadata: pyproject.Metadata{LicenseExpression: "MIT"},
		},
		Target:   plan.Target{Name: "production"},
		Platform: "linux/amd64",
		Base:     base.Facts{Version: "3.13.5"},
		Packages: []plan.Package{
			{Name: "alpha", Version: "1.0+cpu", Groups: []string{"main"}, File: "alpha.whl", SHA256: "aa", Origin: plan.Origin{Kind: plan.FromIndex, Index: plan.PyPI}},
			{Name: "corp", Version: "2", Groups: []string{"main", "dev"}, SHA256: "bb", Origin: plan.Origin{Kind: plan.FromIndex, Index: plan.Index{Name: "corp", URL: "https://me:secret@pkgs.corp/simple/"}}},
			{Name: "direct", Version: "1", SHA256: "cc", Origin: plan.Origin{Kind: plan.FromURL, URL: "https://secret@files.corp/direct-1.whl"}},
			{Name: "omnibus", Version: "0.2.5", Origin: plan.Origin{Kind: plan.FromGit, URL: "git@git.corp:group/omnibus.git", Commit: "c0ffee"}},
		},
	}
}

func TestDocument(t *testing.T) {
	installed := base.Installed{Type: "deb", OS: "debian", OSVersion: "13", Database: "/var/lib/dpkg/status",
		Packages: []base.Package{{Name: "libstdc++6", Version: "1:14.2-1", Architecture: "amd64"}}}
	text, err := Document(example(), installed, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"spdxVersion": "SPDX-2.3"`, `"created": "1970-01-01T00:00:00Z"`,
		`"licenseDeclared": "MIT"`, `"downloadLocation": "https://files.corp/direct-1.whl"`,
		`"pkg:pypi/alpha@1.0%2Bcpu"`, `"checksumValue": "aa"`,
		`"pkg:pypi/corp@2?repository_url=https%3A%2F%2Fpkgs.corp%2Fsimple%2F"`,
		`"downloadLocation": "git+ssh://git@git.corp/group/omnibus.git@c0ffee"`,
		`pkg:deb/debian/libstdc++6@1%3A14.2-1?arch=amd64`, `"pkg:generic/python@3.13.5"`,
	} {
		if !strings.Contains(strings.ReplaceAll(string(text), `\u0026`, "&"), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if bytes.Contains(text, []byte("secret")) {
		t.Error("a password is in the document")
	}
	again, _ := Document(example(), installed, time.Unix(0, 0))
	if !bytes.Equal(text, again) {
		t.Error("two documents of one plan differ")
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{d.ID: true}
	for _, p := range d.Packages {
		if ids[p.ID] {
			t.Errorf("the identifier %s twice", p.ID)
		}
		ids[p.ID] = true
	}
	for _, r := range d.Relationships {
		if !ids[r.From] || !ids[r.To] {
			t.Errorf("%v points at nothing", r)
		}
	}
}

// A license of one's own would want its text in the document, and other words are none.
func TestLicenseWithoutAnIdentifier(t *testing.T) {
	for _, own := range []pyproject.Metadata{{LicenseExpression: "MIT OR LicenseRef-Own"}, {License: "Ask us"}, {}} {
		p := example()
		p.Project.Metadata = own
		if root := rootOf(p); root.Declared != noAssertion {
			t.Errorf("%+v is declared as %s", own, root.Declared)
		}
	}
}
