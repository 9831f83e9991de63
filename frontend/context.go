package frontend

import (
	"bytes"
	"context"
	"fmt"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/quatrain-build/quatrain/internal/plan"
)

// projectContext returns the build context for the project's files. From a local context,
// only what they need is transferred. What goes into the image is decided by the copy, for
// every kind of context.
func (r *request) projectContext(ctx context.Context) (*bkllb.State, error) {
	return r.mainContext(ctx, plan.AppFiles(r.project, r.environments).In(r.dir),
		bkllb.SharedKeyHint("quatrain-app"), dockerui.WithInternalName("load project"))
}

// mainContext returns the build context without what .dockerignore excludes. Files and
// options are for the transfer of a local context; others come whole.
func (r *request) mainContext(ctx context.Context, files plan.Files, opts ...bkllb.LocalOption) (*bkllb.State, error) {
	ignored, err := r.ui.DockerIgnorePatterns(ctx)
	if err == nil {
		err = checkIgnored(dockerui.DefaultDockerignoreName, ignored)
	}
	if err != nil {
		return nil, err
	}
	var local usedBy
	opts = append(opts, &local, bkllb.IncludePatterns(files.Include),
		// In this order, so that no pattern takes back what .dockerignore leaves out.
		bkllb.ExcludePatterns(append(files.Exclude, ignored...)))
	st, err := r.ui.MainContext(ctx, opts...)
	if err != nil || local {
		return st, err
	}
	return r.withoutIgnored(ctx, *st)
}

// maxIgnored bounds the patterns of an ignore file, each of which is held against each file
// of the context. They travel in the graph.
const maxIgnored = 10_000

func checkIgnored(name string, patterns []string) error {
	if len(patterns) > maxIgnored {
		return fmt.Errorf("%s has more than %d patterns", name, maxIgnored)
	}
	return nil
}

// usedBy notes that a local source took its options: the context is on the client's
// side, not an address or another build's result, which take none.
type usedBy bool

// SetLocalOption implements bkllb.LocalOption.
func (u *usedBy) SetLocalOption(*bkllb.LocalInfo) { *u = true }

// withoutIgnored applies the ignore file of a context that is not local, with the
// names and the order that dockerui has for local ones.
func (r *request) withoutIgnored(ctx context.Context, st bkllb.State) (*bkllb.State, error) {
	ref, err := r.solve(ctx, st)
	if err != nil {
		return nil, err
	}
	tree := newRefFS(ctx, ref)
	for _, name := range []string{r.entry.Filename + ".dockerignore", dockerui.DefaultDockerignoreName} {
		f, err := readFile(tree, name)
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue // most contexts have none
		}
		patterns, err := ignorefile.ReadAll(bytes.NewReader(f.Data))
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		if err := checkIgnored(name, patterns); err != nil {
			return nil, err
		}
		kept := bkllb.Scratch().File(
			bkllb.Copy(st, "/", "/", &bkllb.CopyInfo{CopyDirContentsOnly: true, ExcludePatterns: patterns}),
			dockerui.WithInternalName("apply "+name))
		return &kept, nil
	}
	return &st, nil
}
