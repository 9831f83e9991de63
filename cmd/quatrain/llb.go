package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
	"github.com/quatrain-build/quatrain/internal/tags"
	"github.com/quatrain-build/quatrain/llb"
)

// runLLB prints the graph of a build: the frontend itself runs, on a client that
// has no daemon.
func runLLB(args []string, out, errOut io.Writer) error {
	c := &offline.Client{Opts: map[string]string{}}
	flags := flag.NewFlagSet("quatrain llb", flag.ContinueOnError)
	flags.SetOutput(errOut)
	option := func(flag, key, usage string) {
		flags.Func(flag, usage, func(v string) error { c.Opts[key] = v; return nil })
	}
	option("target", "target", "target (default production)")
	option("platform", "platform", "platforms, comma separated (default linux/amd64)")
	option("file", "filename", "the entry file (default Dockerfile, else pyproject.toml)")
	flags.Func("build-arg", "build argument, NAME=VALUE", pair(c.Opts, "build-arg:"))
	flags.Func("build-context", "named context, NAME=VALUE", pair(c.Opts, "context:"))
	option("context", "context", "build from another context, such as a git address; its files are read from DIR")
	flags.StringVar(&c.Base.Python, "python", "", "Python version of the base image, such as 3.13.1, or 3.13.1t for a free-threaded one (default: as its name says)")
	flags.Func("libc", "C library of the base image, such as glibc-2.36 or musl-1.2 (default: as its name says)", func(v string) (err error) {
		c.Base.Libc, err = tags.ParseLibc(v)
		return err
	})
	flags.BoolFunc("no-merge", "as for a daemon without MergeOp", func(string) error {
		c.Without = []apicaps.CapID{pb.CapMergeOp, pb.CapDiffOp}
		return nil
	})
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return &usageError{err.Error()}
	}
	if flags.NArg() != 1 {
		return &usageError{"name one folder, after the options: quatrain llb [options] DIR"}
	}
	c.Dir = flags.Arg(0)
	if _, err := os.Stat(filepath.Join(c.Dir, "Dockerfile")); err != nil && c.Opts["filename"] == "" {
		c.Opts["filename"] = "pyproject.toml"
	}
	res, err := frontend.Build(context.Background(), c)
	for _, w := range c.Warnings() {
		fmt.Fprintln(errOut, "warning:", w)
	}
	if err != nil {
		return err
	}
	if err := llb.Print(out, c.Definitions(res)...); err != nil {
		return err
	}
	return printConfigs(out, res.Metadata)
}

// printConfigs prints the images' configurations, by platform.
func printConfigs(out io.Writer, meta map[string][]byte) error {
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		if key != exptypes.ExporterImageConfigKey && !strings.HasPrefix(key, exptypes.ExporterImageConfigKey+"/") {
			continue
		}
		var text bytes.Buffer
		if err := json.Indent(&text, meta[key], "", "  "); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s %s\n", key, text.Bytes())
	}
	return nil
}

func pair(opts map[string]string, prefix string) func(string) error {
	return func(v string) error {
		name, value, ok := strings.Cut(v, "=")
		if !ok {
			return errors.New("want NAME=VALUE")
		}
		opts[prefix+name] = value
		return nil
	}
}
