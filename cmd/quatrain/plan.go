package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
)

// newPlanCommand returns the command that prints what a build would install. The frontend
// itself reads and decides, as for `quatrain llb`.
func newPlanCommand() *cobra.Command {
	var o frontend.PlanOptions
	write := printText
	cmd := newOfflineCommand("plan", "Print the packages and files of a target", func(cmd *cobra.Command, c *offline.Client) error {
		plans, err := frontend.Plans(context.Background(), c, o)
		printWarnings(cmd.ErrOrStderr(), c)
		if err != nil {
			return err
		}
		return write(cmd.OutOrStdout(), plans)
	})
	flags := cmd.Flags()
	flags.Func("groups", "groups instead of the target's, comma separated", names(&o.Groups))
	flags.Func("extras", "extras instead of the target's, comma separated", names(&o.Extras))
	flags.BoolVar(&o.IgnoreStaleLock, "ignore-stale-lock", false, "plan even if poetry.lock does not belong to pyproject.toml")
	flags.Func("format", "text or json (default text)", func(name string) error {
		known := false
		if write, known = formats[name]; !known {
			return errors.New("it is not text or json")
		}
		return nil
	})
	return cmd
}

func printWarnings(w io.Writer, c *offline.Client) {
	for _, warning := range c.Warnings() {
		fmt.Fprintln(w, "warning:", warning)
	}
	for _, guess := range c.Guesses() {
		fmt.Fprintln(w, "note:", guess+"; --python says which it is")
	}
}

// names defines a flag that is a list, separated by commas or spaces.
func names(into *[]string) func(string) error {
	return func(v string) error {
		*into = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
		return nil
	}
}
