package pyproject

import (
	"slices"
	"sort"

	"github.com/quatrain-build/quatrain/internal/source"
)

// Override returns c with every key that the stub sets in place of c's; tables are
// merged key by key.
func (c Config) Override(stub Config) Config {
	text := func(into *source.Text, t source.Text) {
		if t.Value != "" {
			*into = t
		}
	}
	texts := func(into *[]source.Text, t []source.Text) {
		if t != nil {
			*into = t
		}
	}
	text(&c.Python, stub.Python)
	text(&c.Base, stub.Base)
	text(&c.Project, stub.Project)
	text(&c.Resolution, stub.Resolution)
	text(&c.Git.KnownHosts, stub.Git.KnownHosts)
	texts(&c.Apt, stub.Apt)
	texts(&c.Extras, stub.Extras)
	texts(&c.Include, stub.Include)
	texts(&c.Exclude, stub.Exclude)
	texts(&c.Build.Apt, stub.Build.Apt)
	texts(&c.Build.Network, stub.Build.Network)
	c.Build.Env = MergePairs(c.Build.Env, stub.Build.Env)
	c.Git.SSH = MergePairs(c.Git.SSH, stub.Git.SSH)
	if stub.Compile != nil {
		c.Compile = stub.Compile
	}
	if stub.Prepare != nil {
		c.Prepare = stub.Prepare
	}
	c.Image = c.Image.Override(stub.Image)
	c.Targets = overrideTargets(c.Targets, stub.Targets)
	return c
}

// overrideTargets merges targets of one name key by key; new ones come last.
func overrideTargets(targets, stub []TargetConfig) []TargetConfig {
	targets = slices.Clone(targets)
	for _, own := range stub {
		i := slices.IndexFunc(targets, func(t TargetConfig) bool { return t.Name == own.Name })
		if i < 0 {
			targets = append(targets, own)
			continue
		}
		targets[i] = targets[i].override(own)
	}
	return targets
}

func (t TargetConfig) override(own TargetConfig) TargetConfig {
	t.At = own.At
	if own.From.Value != "" {
		t.From = own.From
	}
	if own.Groups != nil {
		t.Groups = own.Groups
	}
	if own.Extras != nil {
		t.Extras = own.Extras
	}
	if own.Apt != nil {
		t.Apt = own.Apt
	}
	if own.Compile != nil {
		t.Compile = own.Compile
	}
	if own.Project.Value != "" {
		t.Project = own.Project
	}
	if own.Prepare != nil {
		t.Prepare = own.Prepare
	}
	t.Image = t.Image.Override(own.Image)
	return t
}

// Override returns im with every key that own sets in place of im's; tables are
// merged key by key.
func (im Image) Override(own Image) Image {
	if own.Command != nil {
		im.Command = own.Command
	}
	if own.Entrypoint != nil {
		im.Entrypoint = own.Entrypoint
	}
	if own.Ports != nil {
		im.Ports = own.Ports
	}
	if own.User.Value != "" {
		im.User = own.User
	}
	if own.Workdir.Value != "" {
		im.Workdir = own.Workdir
	}
	if own.Healthcheck != nil {
		im.Healthcheck = own.Healthcheck
	}
	if own.StopSignal.Value != "" {
		im.StopSignal = own.StopSignal
	}
	im.Env = MergePairs(im.Env, own.Env)
	im.Labels = MergePairs(im.Labels, own.Labels)
	return im
}

// MergePairs adds own to pairs, own winning, sorted by name.
func MergePairs(pairs, own []Pair) []Pair {
	if own == nil {
		return pairs
	}
	merged := slices.Clone(own)
	for _, p := range pairs {
		if !slices.ContainsFunc(own, func(o Pair) bool { return o.Name == p.Name }) {
			merged = append(merged, p)
		}
	}
	sort.Slice(merged, func(i, j int) bool { return merged[i].Name < merged[j].Name })
	return merged
}
