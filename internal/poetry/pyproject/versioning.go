package pyproject

import (
	"slices"

	"github.com/quatrain-build/quatrain/internal/python/pep440"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Plugins of Poetry, and what build backends have of the kind, that replace a project's
// version by that of a tag in git.
var (
	versionPlugins = []string{"poetry-dynamic-versioning", "poetry-version-plugin", "poetry-git-version-plugin"}
	versionTools   = []string{"setuptools-scm", "setuptools-git-versioning", "hatch-vcs", "versioningit", "versioneer", "vcs-versioning"}
)

// VersionTool returns what replaces the version of the project when Poetry or its build
// backend runs beside a repository, "" if nothing does.
func (p *Project) VersionTool() string {
	if v := p.Root.Get("tool", versionPlugins[0], "enable"); v != nil && v.Kind == source.Bool && v.Text == "true" {
		return versionPlugins[0]
	}
	for _, name := range versionPlugins[1:] {
		if p.Root.Sub("tool", name) != nil || p.Root.Get("tool", "poetry", "requires-plugins", name) != nil {
			return name
		}
	}
	if !p.Metadata.DynamicVersion {
		return ""
	}
	requires := p.Root.Get("build-system", "requires")
	if requires == nil {
		return ""
	}
	for _, r := range requires.Items {
		if req, err := pep508.ParseRequirement(r.Text); err == nil && slices.Contains(versionTools, pep508.CanonicalName(req.Name)) {
			return pep508.CanonicalName(req.Name)
		}
	}
	return ""
}

// HasPlaceholderVersion reports whether the version looks like one that is there to be
// replaced: 0, 0.0.0.dev0, or what `poetry init` writes. A version that somebody wrote before
// the build, as CI does, is none.
func (p *Project) HasPlaceholderVersion() bool {
	v, err := pep440.ParseVersion(p.Version.Value)
	if err != nil {
		return false
	}
	none := v.Major() == 0 && v.Minor() == 0 && v.Patch() == 0
	return none || slices.Contains([]string{"0.0.1", "0.1.0"}, v.String())
}
