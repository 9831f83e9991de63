// Command quatrain shows what a build of a Poetry project does, and is also the frontend that
// BuildKit runs.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quatrain-build/quatrain/internal/crash"
	"github.com/quatrain-build/quatrain/internal/source"
)

// version is set by the linker for a release.
var version = ""

const about = `quatrain shows what a build of a Poetry project would do.

The commands read the same files with the same options as a build: the stub, build
arguments, named contexts, the target and the platforms. They need no network and no
daemon, so what a base image contains is guessed from its name.`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run runs the command and returns the exit status: 1 if the project cannot be built, 2 if
// the command line is wrong.
func run(args []string, out, errOut io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	_, err := crash.Guard(func() (any, error) { return nil, root.Execute() })()
	var wrong *usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintln(errOut, "quatrain:", wrong)
		return 2
	}
	printError(errOut, err)
	return 1
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "quatrain",
		Long:          about,
		Version:       ownVersion(),
		Args:          refuseUnknown,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if inGateway() {
				return serveGateway()
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{fmt.Sprintf("%v\nhint: Run `%s --help` to list the options.", err, cmd.CommandPath())}
	})
	root.SetVersionTemplate("quatrain {{.Version}}\n")
	root.AddCommand(newPlanCommand(), newLLBCommand(), newCheckCommand(), newFrontendCommand(), newVersionCommand())
	return root
}

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		Run:   func(cmd *cobra.Command, _ []string) { fmt.Fprintln(cmd.OutOrStdout(), "quatrain", ownVersion()) },
	}
}

// ownVersion returns the release, or what `go install` recorded.
func ownVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// usageError says that the command line is wrong.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func refuseUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "Run `quatrain --help` to list the commands."
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("Did you mean %s?", strings.Join(near, " or "))
	}
	return &usageError{fmt.Sprintf("unknown command %q\nhint: %s", args[0], hint)}
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{fmt.Sprintf("%s has no arguments", cmd.CommandPath())}
	}
	return nil
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
