// Package poetrytoml reads the settings in poetry.toml that change what is installed.
//
// It follows poetry/config/config.py.
package poetrytoml

import (
	"errors"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// Settings are the keys that count. The zero value is a project without the file.
type Settings struct {
	NoBinary   []string // installer.no-binary: names, ":all:" or ":none:", in the form that is compared
	OnlyBinary []string // installer.only-binary, the same
	ReResolve  bool     // installer.re-resolve: resolve again over the lock

	// NoVenv is where virtualenvs.create = false stands: Poetry installs beside the
	// packages of the machine's Python. Zero without it.
	NoVenv source.Range

	// BuildConfig is installer.build-config-settings by canonical package name, each
	// setting as KEY=VALUE, one with several values as often, sorted.
	BuildConfig map[string][]string
}

// Parse reads a poetry.toml; keys that do not bear on what is installed are left
// alone. Warnings are about settings that have no effect, with Poetry or here.
// Errors: what is no TOML, and values that stop Poetry.
func Parse(f *source.File) (Settings, []*source.Error, error) {
	root, err := source.ParseTOML(f)
	if err != nil {
		return Settings{}, nil, err
	}
	p := &parser{}
	installer := p.Table(root.Get("installer"))
	s := Settings{
		NoBinary:   p.policy("no-binary", installer.Get("no-binary")),
		OnlyBinary: p.policy("only-binary", installer.Get("only-binary")),
		ReResolve:  truthy(installer.Get("re-resolve")),
	}
	if v := tableOf(root.Get("virtualenvs")).Get("create"); v != nil && !truthy(v) {
		s.NoVenv = v.At
	}
	p.warnIgnored(root)
	for _, e := range entriesOf(p.Table(installer.Get("build-config-settings"))) {
		if s.BuildConfig == nil {
			s.BuildConfig = map[string][]string{}
		}
		s.BuildConfig[pep508.CanonicalName(e.Key)] = p.settings(p.Table(e.Value))
	}
	return s, p.warnings, errors.Join(p.Errs...)
}

// settings returns the config_settings of one package (PEP 517): strings, or arrays of them.
func (p *parser) settings(t *source.Table) []string {
	var all []string
	for _, e := range entriesOf(t) {
		values := []*source.Value{e.Value}
		if e.Value.Kind == source.Array {
			values = e.Value.Items
		}
		for _, v := range values {
			all = append(all, e.Key+"="+p.String(v))
		}
	}
	slices.Sort(all)
	return all
}

func entriesOf(t *source.Table) []source.Entry {
	if t == nil {
		return nil
	}
	return t.Entries
}

type parser struct {
	source.Reader
	warnings []*source.Error
}

// policy follows Poetry's PackageFilterPolicy. The names in a string are split and made
// canonical; an array is used as written; true is treated like an array.
func (p *parser) policy(key string, v *source.Value) []string {
	switch {
	case !truthy(v):
		return nil
	case v.Kind == source.String:
		return policyOf(v.Text)
	case v.Kind != source.Array:
		p.Errs = append(p.Errs, source.Errorf(v.At, "installer.%s: expected an array of names or a string, found %s", key, v.Kind).
			WithHint("Write [\":all:\"], which is what `poetry config --local installer.%s true` writes.", key))
		return nil
	}
	names := p.Texts(v)
	var all []string
	for _, n := range names {
		if c := pep508.CanonicalName(n.Value); c != n.Value && !reserved(n.Value) {
			p.warnings = append(p.warnings, source.Errorf(n.At, "installer.%s: %q names no package", key, n.Value).
				WithHint("Write %q: Poetry compares the names in an array as written.", c))
		}
		all = append(all, n.Value)
	}
	return all
}

// policyOf reads the string form (PackageFilterPolicy.normalize).
func policyOf(text string) []string {
	switch text {
	case "true", "1":
		return []string{":all:"}
	case "false", "0":
		return []string{":none:"}
	}
	var all []string
	for _, name := range strings.Split(text, ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "":
		case reserved(name):
			all = append(all, name)
		default:
			all = append(all, pep508.CanonicalName(name))
		}
	}
	return all
}

func reserved(name string) bool {
	return strings.HasPrefix(name, ":all:") || strings.HasPrefix(name, ":none:")
}

// truthy follows Python's bool(): Poetry does not check the type of a file's value.
func truthy(v *source.Value) bool {
	if v == nil {
		return false
	}
	switch v.Kind {
	case source.Bool:
		return v.Text == "true"
	case source.Integer, source.Float:
		return strings.Trim(v.Text, "+-0._box") != ""
	case source.String:
		return v.Text != ""
	case source.Array:
		return len(v.Items) > 0
	}
	return true
}
