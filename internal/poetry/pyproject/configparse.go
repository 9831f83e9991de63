package pyproject

import (
	"errors"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/google/shlex"

	"github.com/quatrain-build/quatrain/internal/names"
	"github.com/quatrain-build/quatrain/internal/python/pep508"
	"github.com/quatrain-build/quatrain/internal/source"
)

// The keys of each table; what is not here is an error.
var (
	configKeys   = keyNames[Config]()
	targetKeys   = keyNames[TargetConfig]()
	buildKeys    = keyNames[BuildConfig]()
	gitKeys      = keyNames[GitConfig]()
	prepareKeys  = keyNames[Prepare]()
	healthKeys   = keyNames[Healthcheck]()
	projectModes = oneOf[Config]("project")
	resolutions  = oneOf[Config]("resolution")
)

// ParseConfig reads a [tool.quatrain] table, which may be nil, or the keys of a stub.
// Errors: unknown keys (with the nearest), wrong types, values that cannot be.
func ParseConfig(t *source.Table) (Config, error) {
	p := &configParser{}
	if t == nil {
		return Config{}, nil
	}
	p.known(t, "tool.quatrain", configKeys)
	p.refuseNUL(&source.Value{Table: t})
	c := Config{
		At: t.At, Python: p.Text(t.Get("python")), Base: p.Text(t.Get("base")),
		Apt: p.apt(t.Get("apt")), Extras: p.names(t.Get("extras")),
		Project: p.oneOf(t.Get("project"), projectModes),
		Include: p.patterns(t.Get("include")), Exclude: p.patterns(t.Get("exclude")),
		Compile: p.Bool(t.Get("compile")), Resolution: p.oneOf(t.Get("resolution"), resolutions),
		ProjectDir: p.folder(t.Get("project-dir")), Prepare: p.prepare(t.Get("prepare")), Image: p.image(t),
	}
	if b := p.Table(t.Get("build")); b != nil {
		p.known(b, "tool.quatrain.build", buildKeys)
		c.Build = BuildConfig{Apt: p.apt(b.Get("apt")), Env: p.pairs(b.Get("env")), Network: p.names(b.Get("network"))}
	}
	if g := p.Table(t.Get("git")); g != nil {
		p.known(g, "tool.quatrain.git", gitKeys)
		c.Git = GitConfig{KnownHosts: p.Text(g.Get("known-hosts")), SSH: p.pairs(g.Get("ssh"))}
	}
	for _, e := range entriesOf(p.Table(t.Get("target"))) {
		if target := p.Table(e.Value); target != nil {
			c.Targets = append(c.Targets, p.target(e, target))
		}
	}
	return c, errors.Join(p.Errs...)
}

type configParser struct{ source.Reader }

func (p *configParser) add(err error) { p.Errs = append(p.Errs, err) }

// known refuses keys that do not exist.
func (p *configParser) known(t *source.Table, where string, keys []string) {
	for _, e := range t.Entries {
		if slices.Contains(keys, e.Key) {
			continue
		}
		err := source.Errorf(e.KeyAt, "unknown key %q in [%s]", e.Key, where)
		if near := source.Nearest(e.Key, keys); near != "" {
			err = err.WithHint("Did you mean %q?", near)
		} else {
			sorted := slices.Sorted(slices.Values(keys))
			err = err.WithHint("The keys are: %s.", strings.Join(sorted, ", "))
		}
		p.add(err)
	}
}

func (p *configParser) target(e source.Entry, t *source.Table) TargetConfig {
	p.known(t, "tool.quatrain.target."+e.Key, targetKeys)
	return TargetConfig{
		Name: p.targetName(e), At: e.KeyAt, From: p.Text(t.Get("from")),
		Groups: p.names(t.Get("groups")), Extras: p.names(t.Get("extras")), Apt: p.apt(t.Get("apt")),
		Compile: p.Bool(t.Get("compile")), Project: p.oneOf(t.Get("project"), projectModes),
		Prepare: p.prepare(t.Get("prepare")), Image: p.image(t),
	}
}

// names returns the names of groups, extras or packages in canonical form.
func (p *configParser) names(v *source.Value) []source.Text {
	texts := p.Texts(v)
	for i := range texts {
		texts[i].Value = pep508.CanonicalName(texts[i].Value)
	}
	return texts
}

func (p *configParser) apt(v *source.Value) []source.Text {
	texts := p.Texts(v)
	for _, t := range texts {
		if _, ok := names.DebianPackage(t.Value); !ok {
			p.add(source.Errorf(t.At, "%q is not a Debian package name", t.Value).
				WithHint("Write one name, with or without a version: \"libpq5\", \"libpq5=15.6-0+deb12u1\"."))
		}
	}
	return texts
}

// maxPatterns bounds a list of patterns: each file of the project is held against each.
const maxPatterns = 1000

// patterns returns patterns as in .dockerignore: path.Match with "**" and a leading "!".
func (p *configParser) patterns(v *source.Value) []source.Text {
	texts := p.Texts(v)
	if len(texts) > maxPatterns {
		p.add(source.Errorf(v.At, "more than %d patterns", maxPatterns))
		return nil
	}
	for _, t := range texts {
		if _, err := path.Match(t.Value, ""); err != nil || strings.Trim(t.Value, "! ") == "" {
			p.add(source.Errorf(t.At, "%q is not a file pattern", t.Value).
				WithHint("Write patterns as in .dockerignore: \"tests/**\", \"**/*.md\", \"!README.md\"."))
		}
	}
	return texts
}

// folder returns a path below the build context.
func (p *configParser) folder(v *source.Value) source.Text {
	t := p.Text(v)
	if v != nil && v.Kind == source.String && !filepath.IsLocal(t.Value) {
		p.add(source.Errorf(t.At, "%q is not a folder in the build context", t.Value).
			WithHint("Write it relative to the context, as \"services/shop\"."))
	}
	return t
}

func (p *configParser) oneOf(v *source.Value, allowed []string) source.Text {
	t := p.Text(v)
	if v != nil && v.Kind == source.String && !slices.Contains(allowed, t.Value) {
		err := source.Errorf(t.At, "%q is not one of %s", t.Value, strings.Join(allowed, ", "))
		if near := source.Nearest(t.Value, allowed); near != "" {
			err = err.WithHint("Did you mean %q?", near)
		}
		p.add(err)
	}
	return t
}

func (p *configParser) image(t *source.Table) Image {
	return Image{
		Command: p.command(t.Get("command")), Entrypoint: p.command(t.Get("entrypoint")),
		Ports: p.ports(t.Get("ports")), User: p.user(t.Get("user")), Workdir: p.workdir(t.Get("workdir")),
		Env: p.pairs(t.Get("env")), Labels: p.pairs(t.Get("labels")),
		Healthcheck: p.healthcheck(t.Get("healthcheck")), StopSignal: p.Text(t.Get("stop-signal")),
	}
}

// command reads an argument list, or a string that is split as a shell splits words.
func (p *configParser) command(v *source.Value) *Command {
	if v == nil {
		return nil
	}
	if v.Kind == source.Array {
		return withoutPoetryRun(&Command{Args: p.Strings(v), At: v.At})
	}
	args, err := shlex.Split(p.String(v))
	if err != nil {
		p.add(source.Errorf(v.At, "command %q: %v", v.Text, err))
	}
	return withoutPoetryRun(&Command{Args: args, At: v.At})
}

// refuseNUL refuses what no argument, variable or file name can contain.
func (p *configParser) refuseNUL(v *source.Value) {
	if strings.Contains(v.Text, "\x00") {
		p.add(source.Errorf(v.At, "the value contains a NUL character").WithHint("Remove \\u0000 from the value."))
	}
	for _, item := range v.Items {
		p.refuseNUL(item)
	}
	for _, e := range entriesOf(v.Table) {
		p.refuseNUL(e.Value)
	}
}

func (p *configParser) prepare(v *source.Value) *Prepare {
	t := p.Table(v)
	if t == nil {
		return nil
	}
	p.known(t, "prepare", prepareKeys)
	own := &Prepare{Command: p.command(t.Get("command")), Env: p.pairs(t.Get("env"))}
	if own.Command == nil {
		p.add(source.Errorf(v.At, "prepare requires a command"))
	}
	return own
}

func (p *configParser) ports(v *source.Value) []Port {
	if v == nil {
		return nil
	}
	if v.Kind != source.Array {
		p.add(source.Errorf(v.At, "ports: expected an array, found %s", v.Kind).WithHint("Put the ports in brackets, as in [80, \"53/udp\"]."))
		return nil
	}
	var all []Port
	for _, item := range v.Items {
		number, protocol, _ := strings.Cut(item.Text, "/")
		n, err := strconv.Atoi(number)
		if protocol == "" {
			protocol = "tcp"
		}
		if err != nil || n < 1 || n > 65535 || protocol != "tcp" && protocol != "udp" {
			p.add(source.Errorf(item.At, "%q is not a port", item.Text).WithHint("Write 80, \"80/tcp\" or \"53/udp\"."))
			continue
		}
		all = append(all, Port{Number: n, Protocol: protocol, At: item.At})
	}
	return all
}

func (p *configParser) pairs(v *source.Value) []Pair {
	var all []Pair
	for _, e := range entriesOf(p.Table(v)) {
		text := e.Value.Text
		if !slices.Contains([]source.Kind{source.String, source.Integer, source.Float, source.Bool}, e.Value.Kind) {
			text = p.String(e.Value)
		}
		if e.Key == "" || strings.ContainsAny(e.Key, "=\x00") {
			p.add(source.Errorf(e.KeyAt, "%q is not a valid name", e.Key))
		}
		all = append(all, Pair{Name: e.Key, Value: text, At: e.Value.At})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

func (p *configParser) healthcheck(v *source.Value) *Healthcheck {
	t := p.Table(v)
	if t == nil {
		return nil
	}
	p.known(t, "healthcheck", healthKeys)
	h := &Healthcheck{
		At: v.At, Interval: p.duration(t.Get("interval")), Timeout: p.duration(t.Get("timeout")),
		StartPeriod: p.duration(t.Get("start-period")), Retries: p.Int(t.Get("retries")),
	}
	if h.Retries < 0 {
		p.add(source.Errorf(t.Get("retries").At, "retries is less than 0"))
	}
	if c := p.command(t.Get("command")); c != nil {
		h.Command, h.Stripped = c.Args, c.Stripped
	}
	if len(h.Command) == 0 {
		p.add(source.Errorf(v.At, "a healthcheck requires a command"))
	}
	return h
}

func (p *configParser) duration(v *source.Value) source.Text {
	t := p.Text(v)
	if t.Value == "" {
		return t
	}
	if d, err := time.ParseDuration(t.Value); err != nil || d < 0 {
		p.add(source.Errorf(t.At, "%q is not a duration", t.Value).WithHint("Write it as \"10s\" or \"1m30s\"."))
	}
	return t
}
