package main

import (
	"context"
	"errors"

	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/spf13/cobra"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
)

// newCheckCommand returns the command that prints what `docker build --check` would. It
// fails if a rule finds something.
func newCheckCommand() *cobra.Command {
	return newOfflineCommand("check", "Print what docker build --check would", func(cmd *cobra.Command, c *offline.Client) error {
		c.Opts["requestid"] = lint.SubrequestLintDefinition.Name
		res, err := frontend.Build(context.Background(), c)
		if err != nil {
			return err
		}
		if _, err := cmd.OutOrStdout().Write(res.Metadata["result.txt"]); err != nil {
			return err
		}
		if status := string(res.Metadata["result.statuscode"]); status != "0" {
			return errors.New("the check found problems")
		}
		return nil
	})
}
