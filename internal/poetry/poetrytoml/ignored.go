package poetrytoml

import (
	"strings"

	"github.com/quatrain-build/quatrain/internal/source"
)

// warnIgnored warns of each setting that Poetry follows, that has no effect here, and
// without which an image has other packages than one expects, or a download fails. Where
// Poetry keeps its files and how fast it works is not among them.
func (p *parser) warnIgnored(root *source.Table) {
	virtualenvs := tableOf(root.Get("virtualenvs"))
	options := tableOf(virtualenvs.Get("options"))
	if v := options.Get("system-site-packages"); truthy(v) {
		p.ignored(v, "virtualenvs.options.system-site-packages", "the environment does not see packages of the base image or of apt").
			Hint = "Add them as dependencies, or name their folder in [tool.quatrain], such as env = { PYTHONPATH = \"/usr/lib/python3/dist-packages\" }."
	}
	if v := options.Get("no-pip"); v != nil && !truthy(v) {
		p.ignored(v, "virtualenvs.options.no-pip", "the environment has no pip").
			Hint = "Add pip as a dependency if the project calls it."
	}
	for _, source := range entriesOf(tableOf(root.Get("certificates"))) {
		for _, e := range entriesOf(tableOf(source.Value)) {
			p.ignoredCertificate(source.Key, e)
		}
	}
	for _, e := range entriesOf(tableOf(root.Get("http-basic"))) {
		p.ignored(e.Value, "http-basic."+e.Key, "no login is read from a file of the project").
			Hint = "Pass user and password as build secrets (docs/private-code.md), and take them out of the file."
	}
}

func (p *parser) ignoredCertificate(name string, e source.Entry) {
	key := "certificates." + name + "." + e.Key
	secret := "POETRY_CERTIFICATES_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(name))
	switch {
	case e.Value.Kind == source.Bool && truthy(e.Value):
	case e.Value.Kind == source.Bool && (e.Key == "cert" || e.Key == "verify"):
		p.ignored(e.Value, key, "certificates are always verified").
			Hint = "Pass the authority's certificate as the build secret ca or " + secret + "_CERT."
	case e.Key == "cert":
		p.ignored(e.Value, key, "no certificate is read from the project").
			Hint = "Pass it as the build secret ca or " + secret + "_CERT."
	case e.Key == "client-cert":
		p.ignored(e.Value, key, "no certificate is read from the project").
			Hint = "Pass it as the build secret " + secret + "_CLIENT_CERT."
	}
}

// ignored warns that a setting has no effect, and returns the warning.
func (p *parser) ignored(v *source.Value, key, because string) *source.Error {
	w := source.Errorf(v.At, "%s of poetry.toml has no effect here: %s", key, because)
	p.warnings = append(p.warnings, w)
	return w
}

// tableOf returns a value's table, nil for a value of another kind: Poetry complains of
// it, if it looks at it at all.
func tableOf(v *source.Value) *source.Table {
	if v == nil {
		return nil
	}
	return v.Table
}
