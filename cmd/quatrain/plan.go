package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
)

// runPlan prints what a build would install: the frontend itself reads and decides, as
// for `quatrain llb`.
func runPlan(args []string, out, errOut io.Writer) error {
	var o frontend.PlanOptions
	write := printText
	c, err := offlineClient("plan", args, errOut, func(_ *offline.Client, flags *flag.FlagSet) {
		flags.Func("groups", "groups instead of the target's, comma separated", names(&o.Groups))
		flags.Func("extras", "extras instead of the target's, comma separated", names(&o.Extras))
		flags.BoolVar(&o.IgnoreStaleLock, "ignore-stale-lock", false, "plan even if poetry.lock does not belong to pyproject.toml")
		flags.Func("format", "text or json (default text)", func(name string) (err error) {
			known := false
			if write, known = formats[name]; !known {
				err = fmt.Errorf("format %q is neither text nor json", name)
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	plans, err := frontend.Plans(context.Background(), c, o)
	printWarnings(errOut, c)
	if err != nil {
		return err
	}
	return write(out, plans)
}

func printWarnings(w io.Writer, c *offline.Client) {
	for _, warning := range c.Warnings() {
		fmt.Fprintln(w, "warning:", warning)
	}
}

// names defines a flag that is a list, separated by commas or spaces.
func names(into *[]string) func(string) error {
	return func(v string) error {
		*into = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
		return nil
	}
}
