// Command quatrain is for a person's machine: it shows what a build would do,
// with the frontend's own answers and messages.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/quatrain-build/quatrain/internal/crash"
	"github.com/quatrain-build/quatrain/internal/source"
)

const usage = `quatrain shows what a build of a Poetry project would do.

Usage:
  quatrain plan [options] [DIR]    the packages and files of a target
  quatrain llb [options] [DIR]     the graph that BuildKit would be given
  quatrain check [options] [DIR]   what docker build --check would say

They read the same files with the same options as a build: the stub, build arguments,
named contexts, the target and the platforms. None needs a network or a daemon: what a
base image contains is guessed from its name. "quatrain plan -h" lists the options.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run runs the command and returns the exit status: 1 if the project cannot be built, 2 if
// the command line is wrong.
func run(args []string, out, errOut io.Writer) int {
	if len(args) == 0 || commands[args[0]] == nil {
		fmt.Fprint(errOut, usage)
		return 2
	}
	_, err := crash.Guard(func() (any, error) { return nil, commands[args[0]](args[1:], out, errOut) })()
	var wrong *usageError
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintln(errOut, "quatrain:", wrong)
		return 2
	}
	printError(errOut, err)
	return 1
}

// usageError says that the command line is wrong.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

var commands = map[string]func(args []string, out, errOut io.Writer) error{
	"plan":  runPlan,
	"llb":   runLLB,
	"check": runCheck,
}

// printError prints an error as a client prints that of a build.
func printError(w io.Writer, err error) {
	var report *source.Report
	switch {
	case errors.As(err, &report):
	case len(source.All(err)) > 0:
		report = source.NewReport(err)
	default:
		fmt.Fprintln(w, "quatrain:", source.NewReport(err).Error())
		return
	}
	fmt.Fprintln(w, report.Text((*source.Excerpt).String))
}
