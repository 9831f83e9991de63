package frontend_test

import (
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
	"github.com/quatrain-build/quatrain/internal/source"
)

const (
	addressesToml = `[project]
name = "shop"
version = "1.0.0"
requires-python = ">=3.11,<3.14"
dependencies = ["x @ https://ci:s3cret@files.example/x-1.0-py3-none-any.whl", "g @ git+https://s3cret@git.example/g.git@main", "y"]

[project.urls]
Homepage = "https://ci:s3cret@shop.example/?token=s3cret"
Repository = "https://ci:s3cr%et@git.example/shop"
Documentation = "https://docs.example/?sig=s3cret"

[[tool.poetry.source]]
name = "company"
url = "https://ci:s3cret@packages.example/simple/?token=s3cret"

[[tool.poetry.source]]
name = "other"
url = "https://s3cret@packages.example/other/"
priority = "explicit"

[tool.quatrain]
python = "3.12"
`
	addressesLock = `
[[package]]
name = "g"
version = "1.0"
python-versions = ">=3.8"
groups = ["main"]
files = []

[package.source]
type = "git"
url = "https://s3cret@git.example/g.git"
reference = "main"
resolved_reference = "0000000000000000000000000000000000000001"

[[package]]
name = "x"
version = "1.0"
python-versions = ">=3.8"
groups = ["main"]
files = [{file = "x-1.0-py3-none-any.whl", hash = "sha256:00000000000000000000000000000000000000000000000000000000000000aa"}]

[package.source]
type = "url"
url = "https://ci:s3cret@files.example/x-1.0-py3-none-any.whl"

[[package]]
name = "y"
version = "1.0"
python-versions = ">=3.8"
groups = ["main"]
files = [{file = "y-1.0-py3-none-any.whl", hash = "sha256:00000000000000000000000000000000000000000000000000000000000000bb"}]

[package.source]
type = "legacy"
url = "https://ci:s3cret@packages.example/simple"
reference = "company"

[metadata]
lock-version = "2.1"
python-versions = ">=3.11,<3.14"
content-hash = "{content-hash}"
`
)

// Logins and signatures in the project's addresses are in nothing that a build makes or
// says: the graph as it goes to the daemon, the configuration, the SBOM, warnings.
func TestAddressesHaveNoSecrets(t *testing.T) {
	for name, opts := range map[string]map[string]string{
		"image": nil, "development": {"target": "development"}, "proxy": {"build-arg:HTTPS_PROXY": "http://ci:s3cret@proxy.example:3128"},
		"SBOM": {"requestid": "frontend.sbom"}, "check": {"requestid": "frontend.lint"}, "outline": {"requestid": "frontend.outline"},
	} {
		t.Run(name, func(t *testing.T) {
			a := build(t, asked{files: map[string]string{"pyproject.toml": addressesToml, "poetry.lock": addressesLock}, opts: opts})
			if a.err != nil {
				t.Fatal(a.err)
			}
			all := a.graph(t) + strings.Join(a.warnings, "\n")
			for _, data := range a.result.Metadata {
				all += string(data)
			}
			if name != "proxy" { // which BuildKit is given, and does not record
				for _, d := range a.client.Definitions(a.result) {
					for _, op := range d.Def {
						all += string(op)
					}
				}
			}
			if at := strings.Index(all, "s3cr"); at >= 0 {
				t.Errorf("a secret: …%q…", all[max(0, at-200):min(len(all), at+50)])
			}
			if name == "image" && (!strings.Contains(all, "packages.example") || !strings.Contains(all, "git.example/g.git") || !strings.Contains(all, "files.example/x-1.0") ||
				!strings.Contains(strings.Join(a.warnings, "\n"), "the address of x contains a login, which is ignored")) {
				t.Errorf("this looks at less than it says:\n%s\n%q", a.graph(t), a.warnings)
			}
		})
	}
}

// An address that cannot do without its secret is refused, and not quoted.
func TestSecretAddressIsRefused(t *testing.T) {
	for _, at := range []string{
		"https://files.example/x-1.0-py3-none-any.whl?X-Amz-Signature=s3cret", "https://files.example/x-1.0-py3-none-any.whl?sv=1&se=2&sig=s3cret",
		"https://files.example/x-1.0-py3-none-any.whl?private_token=s3cret", "https://ci:s3cret@files.example:port/x-1.0-py3-none-any.whl",
	} {
		lock := strings.Replace(addressesLock, "https://ci:s3cret@files.example/x-1.0-py3-none-any.whl", at, 1)
		a := build(t, asked{files: map[string]string{"pyproject.toml": addressesToml, "poetry.lock": lock}})
		if a.err == nil || strings.Contains(a.err.Error(), "s3cret") || !strings.Contains(a.err.Error(), "the address") {
			t.Errorf("%s: %v", at, a.err)
		}
	}
}

func TestMetadataHasNoSecrets(t *testing.T) {
	p, _, err := pyproject.Parse(&source.File{Name: "pyproject.toml", Data: []byte(addressesToml)})
	if err != nil {
		t.Fatal(err)
	}
	got := p.CoreMetadata(pyproject.Documents{})
	for _, want := range []string{"Requires-Dist: x @ https://files.example/x-1.0-py3-none-any.whl\n", "Requires-Dist: g @ git+https://git.example/g.git@main\n", "Project-URL: Homepage, https://shop.example/\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "s3cr") {
		t.Errorf("a secret in\n%s", got)
	}
}
