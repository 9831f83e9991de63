// Package sbom writes an SPDX document that lists the Python packages, the interpreter and the
// system packages of an image.
//
// The Python packages come from the lock, with the hashes that were verified; nothing is
// scanned.
package sbom

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/plan"
)

// PredicateType is the in-toto predicate of an SPDX attestation.
const PredicateType = "https://spdx.dev/Document"

// Document returns the image's SPDX 2.3 document as JSON. The same plan gives the same bytes:
// the caller passes the creation time that SPDX requires, and the namespace is derived from
// the contents.
func Document(p *plan.Plan, installed base.Installed, created time.Time) ([]byte, error) {
	root := rootOf(p)
	d := document{
		Version: "SPDX-2.3", DataLicense: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: root.Name,
		Creation: creation{Created: created.UTC().Format(time.RFC3339), Creators: []string{"Tool: quatrain"}},
		Packages: []pkg{root},
	}
	d.relate(d.ID, "DESCRIBES", root.ID)
	d.add(root, "DEPENDS_ON", interpreterOf(p.Base))
	for _, x := range p.Packages {
		d.add(root, "DEPENDS_ON", pythonPackage(x))
	}
	for _, x := range installed.Packages {
		d.add(root, "CONTAINS", systemPackage(x, installed))
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	d.Namespace = "https://quatrain.build/spdx/" + hex.EncodeToString(sum[:])
	return json.MarshalIndent(d, "", " ")
}

func (d *document) relate(from, how, to string) {
	d.Relationships = append(d.Relationships, relationship{from, how, to})
}

func (d *document) add(root pkg, how string, p pkg) {
	d.Packages = append(d.Packages, p)
	d.relate(root.ID, how, p.ID)
}

// newPackage has what SPDX wants of every package.
func newPackage(kind, name, version string) pkg {
	return pkg{
		Name: name, ID: "SPDXRef-" + kind + "-" + identifier(name), Version: version,
		Download: noAssertion, Concluded: noAssertion, Declared: noAssertion, Copyright: noAssertion,
	}
}

// identifier keeps the characters that SPDX allows.
func identifier(s string) string { return notInIdentifier.ReplaceAllString(s, "-") }

var notInIdentifier = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

func rootOf(p *plan.Plan) pkg {
	name := p.Project.Name.Value
	if name == "" {
		name = "project"
	}
	root := newPackage("Root", name, p.Project.Version.Value)
	root.Purpose = "APPLICATION"
	if license := p.Project.Metadata.SPDX(); license != "" && !strings.Contains(license, "LicenseRef-") { // that would want its text
		root.Declared = license
	}
	root.SourceInfo = "target " + p.Target.Name + " for " + p.Platform
	return root
}

func interpreterOf(f base.Facts) pkg {
	python := newPackage("Interpreter", "python", f.Version)
	python.Purpose = "APPLICATION"
	python.References = []externalRef{
		purl("pkg:generic/python@" + f.Version),
		{"SECURITY", "cpe23Type", "cpe:2.3:a:python:python:" + f.Version + ":*:*:*:*:*:*:*"},
	}
	return python
}

func purl(locator string) externalRef { return externalRef{"PACKAGE-MANAGER", "purl", locator} }

// pythonPackage returns the SPDX package of one entry of the lock.
func pythonPackage(x plan.Package) pkg {
	p := newPackage("Python", x.Name, x.Version)
	p.Purpose = "LIBRARY"
	p.SourceInfo = fmt.Sprintf("poetry.lock: from %s, for %s", x.Origin, strings.Join(x.Groups, ", "))
	if x.SHA256 != "" {
		p.Checksums = []checksum{{"SHA256", x.SHA256}}
	}
	p.References = []externalRef{purl("pkg:pypi/" + x.Name + "@" + url.QueryEscape(x.Version) + qualifiers(x.Origin))}
	switch x.Origin.Kind {
	case plan.FromGit:
		p.Download = gitLocation(x.Origin)
	case plan.FromURL:
		p.Download = x.Origin.PlainURL()
	}
	return p
}

// gitLocation returns a git address in SPDX's form.
func gitLocation(o plan.Origin) string { return "git+" + o.RemoteURL() + "@" + o.Commit }

// qualifiers say where a package is from, if not from PyPI.
func qualifiers(o plan.Origin) string {
	switch {
	case o.Kind == plan.FromGit:
		return "?vcs_url=" + url.QueryEscape(gitLocation(o))
	case o.Kind == plan.FromURL:
		return "?download_url=" + url.QueryEscape(o.PlainURL())
	case o.Kind == plan.FromIndex && o.Index.URL != plan.PyPI.URL:
		return "?repository_url=" + url.QueryEscape(o.Index.PlainURL())
	}
	return ""
}

// systemPackage returns the SPDX package of one of the base's own packages.
func systemPackage(x base.Package, in base.Installed) pkg {
	p := newPackage("System", x.Name+"-"+x.Architecture, x.Version)
	p.Name = x.Name
	p.SourceInfo = in.Database
	locator := fmt.Sprintf("pkg:%s/%s/%s@%s?arch=%s", in.Type, in.OS, url.PathEscape(x.Name), url.QueryEscape(x.Version), x.Architecture)
	if in.OSVersion != "" {
		locator += "&distro=" + in.OS + "-" + in.OSVersion
	}
	p.References = []externalRef{purl(locator)}
	return p
}
