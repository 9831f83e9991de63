package llb

import (
	"fmt"
	"path"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Locate asks one index where the files of the packages are. Its output holds
// locations.json; nothing below depends on it but the addresses, which are in no key.
func (g *Graph) Locate(index plan.Index, packages []plan.Package) bkllb.State {
	return g.locate(fmt.Sprintf("[locate] %d files on %s", len(packages), index.Name), question(index, packages), index)
}

// LocatePip asks for pip's wheel where it may be.
func (g *Graph) LocatePip(b *plan.Builder) bkllb.State {
	return g.locate("[locate] pip, to build with", pipQuestion(b), b.PipFrom...)
}

// Question returns what Locate asks, to compare it with another question.
func Question(index plan.Index, packages []plan.Package) string {
	return strings.Join(question(index, packages).Args(), "\x00")
}

// IsAsked reports whether indexes are asked again, whatever earlier builds were told.
func (g *Graph) IsAsked() bool { return g.o.Relocate || slices.Contains(g.o.NoCache, plan.BuilderPart) }

// Forget drops what earlier builds were told of the files that Locate asks for. It is to be
// solved before: a Locate that knew of it would have another key, and a build with a cache
// would use the old answer.
func (g *Graph) Forget(index plan.Index, packages []plan.Package) bkllb.State {
	return g.forget(question(index, packages), index)
}

// ForgetPip does so for LocatePip.
func (g *Graph) ForgetPip(b *plan.Builder) bkllb.State { return g.forget(pipQuestion(b), b.PipFrom...) }

func question(index plan.Index, packages []plan.Package) step.Locate {
	return step.Locate{Index: step.Index(index), Files: choices(packages), Out: step.Out}
}

func pipQuestion(b *plan.Builder) step.Locate {
	s := question(b.PipFrom[0], []plan.Package{b.Pip})
	for _, index := range b.PipFrom[1:] {
		s.Else = append(s.Else, step.Index(index))
	}
	return s
}

func (g *Graph) locate(name string, s step.Locate, indexes ...plan.Index) bkllb.State {
	if g.IsAsked() {
		g = g.withoutCache()
	}
	return g.run(command{name: name, args: s.Args(), root: bkllb.Scratch(), out: true, opts: g.indexOptions(indexes...)})
}

func (g *Graph) forget(s step.Locate, indexes ...plan.Index) bkllb.State {
	return g.withoutCache().run(command{
		name: fmt.Sprintf("[forget] addresses of %d files", len(s.Files)),
		args: step.Forget(s).Args(),
		root: bkllb.Scratch(),
		out:  true,
		opts: g.indexOptions(indexes...),
	})
}

// fetchByStep downloads a file to build with, an sdist or pip, in a step: what BuildKit's
// own HTTP source cannot do (logins, certificates and proxies that only steps know,
// retries), and with reasons for every failure. Output: <sha256>/<file name>. No cache
// needs it: what is built of the file is there. (BuildKit exports it all the same from the
// build in which it runs.)
func (g *Graph) fetchByStep(pkg plan.Package) bkllb.State {
	index := pkg.Origin.Index
	s := step.Fetch{Index: step.Index(index), Files: files([]plan.Package{pkg}), Out: step.Out}
	return g.run(command{
		name: fmt.Sprintf("[fetch] %s from %s", pkg.File, index.Name),
		args: s.Args(),
		root: bkllb.Scratch(),
		out:  true,
		opts: append(g.indexOptions(index), bkllb.WithoutExportCache()),
	})
}

// fetches download packages to step.Fetched, those of an index together, with what a step
// needs for it. The folder ends with the step.
func (g *Graph) fetches(packages []plan.Package) (step.Sequence, []bkllb.RunOption) {
	var all step.Sequence
	indexes := plan.IndexesOf(packages)
	for _, index := range indexes {
		all = append(all, step.Fetch{Index: step.Index(index), Files: files(plan.From(index, packages)), Out: step.Fetched})
	}
	return all, append(g.indexOptions(indexes...), bkllb.AddMount(step.Fetched, bkllb.Scratch(), bkllb.ForceNoOutput))
}

func (g *Graph) indexOptions(indexes ...plan.Index) []bkllb.RunOption {
	return append(append(g.online(), g.cacheDir(step.Answers, "quatrain-answers")), logins(indexes...)...)
}

// logins returns the secrets that indexes may ask for, each once.
func logins(indexes ...plan.Index) []bkllb.RunOption {
	var opts []bkllb.RunOption
	seen := map[step.Secret]bool{}
	for _, index := range indexes {
		for _, s := range step.Index(index).Secrets() {
			if !seen[s] {
				seen[s] = true
				opts = append(opts, bkllb.AddSecret(s.Env, bkllb.SecretID(s.ID), bkllb.SecretAsEnv(true), bkllb.SecretAsEnvName(s.Env), bkllb.SecretOptional))
			}
		}
	}
	return opts
}

// cacheDir mounts a folder that builds share and that is part of no cache key. Only steps
// that run no package code may have one.
func (g *Graph) cacheDir(at, id string) bkllb.RunOption {
	return bkllb.AddMount(at, bkllb.Scratch(), bkllb.AsPersistentCacheDir(path.Join(g.o.CacheNamespace, id), bkllb.CacheMountShared))
}

func files(packages []plan.Package) []step.File {
	var all []step.File
	for _, p := range packages {
		all = append(all, step.File{Package: p.Name, Name: p.File, SHA256: p.SHA256, URL: urlOf(p)})
	}
	return all
}

// choices returns the files to ask for: of each package the best of the lock, and those that
// may take its place.
func choices(packages []plan.Package) []step.File {
	all := files(packages)
	for i, p := range packages {
		if len(p.Choices) == 0 {
			continue
		}
		all[i].Name, all[i].SHA256 = p.Choices[0].Name, p.Choices[0].SHA256
		for _, other := range p.Choices[1:] {
			all[i].Others = append(all[i].Others, step.File{Name: other.Name, SHA256: other.SHA256})
		}
	}
	return all
}

// urlOf returns the address that the lock gives, or "" for a file of an index.
func urlOf(p plan.Package) string {
	if p.Origin.Kind == plan.FromURL {
		return p.Origin.URL
	}
	return ""
}

// fetch returns BuildKit's own download of one file. The cache key is the hash and the file's
// name, not the address, so a warm build asks no server.
func (g *Graph) fetch(p plan.Package) bkllb.State {
	opts := []bkllb.HTTPOption{
		bkllb.Checksum(digest.NewDigestFromEncoded(digest.SHA256, p.SHA256)),
		bkllb.Filename(p.File),
		bkllb.Chmod(0o644),
		bkllb.WithCustomName("[fetch] " + p.File),
		bkllb.ProgressGroup("quatrain-fetch", "[fetch] wheels", false),
	}
	for _, c := range g.constraints {
		opts = append(opts, c)
	}
	return bkllb.HTTP(p.URL, opts...)
}
