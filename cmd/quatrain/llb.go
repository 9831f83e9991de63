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

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/llb"
)

// runLLB prints the graph of a build: the frontend itself runs, on a client that
// has no daemon.
func runLLB(args []string, out, errOut io.Writer) error {
	c, err := offlineClient("llb", args, errOut, nil)
	if err != nil {
		return err
	}
	res, err := frontend.Build(context.Background(), c)
	printWarnings(errOut, c)
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
