// Command quatrain is for a person's machine: it shows what a build would do,
// with the frontend's own answers and messages.
package main

import (
	"fmt"
	"os"

	"github.com/quatrain-build/quatrain/internal/source"
)

const usage = `quatrain shows what a build of a Poetry project would do.

Usage:
  quatrain plan [options] DIR    the packages and files of a target; no network, no daemon

Run "quatrain plan -h" for the options.
`

func main() {
	if len(os.Args) < 2 || os.Args[1] != "plan" {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err := runPlan(os.Args[2:], os.Stdout, os.Stderr); err != nil {
		printError(err)
		os.Exit(1)
	}
}

// printError prints what the frontend would say, one error after the other.
func printError(err error) {
	known := source.All(err)
	if len(known) == 0 {
		fmt.Fprintln(os.Stderr, "quatrain:", err)
	}
	for _, e := range known {
		fmt.Fprintln(os.Stderr, e)
	}
}
