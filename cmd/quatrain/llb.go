package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	"github.com/spf13/cobra"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
	"github.com/quatrain-build/quatrain/llb"
)

// newLLBCommand returns the command that prints the graph of a build. The frontend itself
// runs, on a client without a daemon.
func newLLBCommand() *cobra.Command {
	return newOfflineCommand("llb", "Print the graph that BuildKit would get", func(cmd *cobra.Command, c *offline.Client) error {
		res, err := frontend.Build(context.Background(), c)
		printWarnings(cmd.ErrOrStderr(), c)
		if err != nil {
			return err
		}
		if err := llb.Print(cmd.OutOrStdout(), c.Definitions(res)...); err != nil {
			return err
		}
		return printConfigs(cmd.OutOrStdout(), res.Metadata)
	})
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
