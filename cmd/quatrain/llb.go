package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
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
	c, err := offlineClient("llb", args, errOut, func(c *offline.Client, flags *flag.FlagSet) {
		option(c, flags, "platform", "platform", "platforms, comma separated (default linux/amd64)")
		flags.Func("build-context", "named context, NAME=VALUE", pair(c.Opts, "context:"))
		option(c, flags, "context", "context", "build from another context, such as a git address; its files are read from DIR")
		flags.StringVar(&c.Base.Python, "python", "", "Python version of the base image, such as 3.13.1, or 3.13.1t for a free-threaded one (default: as its name says)")
		flags.Func("libc", "C library of the base image, such as glibc-2.36 or musl-1.2 (default: as its name says)", func(v string) (err error) {
			c.Base.Libc, err = tags.ParseLibc(v)
			return err
		})
		flags.Func("login", "name of a package source for which a login is given", func(v string) error {
			c.Logins = append(c.Logins, v)
			return nil
		})
		flags.BoolFunc("no-merge", "as for a daemon without MergeOp", func(string) error {
			c.Without = []apicaps.CapID{pb.CapMergeOp, pb.CapDiffOp}
			return nil
		})
	})
	if err != nil {
		return err
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
