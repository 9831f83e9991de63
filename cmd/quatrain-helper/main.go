// Command quatrain-helper runs the steps of package step inside a build.
//
// Its bytes are part of the cache key of every step. So it is small, static and reproducible,
// and does not import BuildKit.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/crash"
	"github.com/quatrain-build/quatrain/internal/helper/apt"
	"github.com/quatrain-build/quatrain/internal/helper/bytecode"
	"github.com/quatrain-build/quatrain/internal/helper/command"
	"github.com/quatrain-build/quatrain/internal/helper/index"
	"github.com/quatrain-build/quatrain/internal/helper/modes"
	"github.com/quatrain-build/quatrain/internal/helper/pep517"
	"github.com/quatrain-build/quatrain/internal/helper/venv"
	"github.com/quatrain-build/quatrain/internal/helper/wheel"
	"github.com/quatrain-build/quatrain/internal/step"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "report" {
		if err := printReport(os.Args[2], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "quatrain-helper:", err)
			os.Exit(1)
		}
		return
	}
	s, err := crash.Guard(func() (step.Step, error) { return step.Parse(os.Args[1:]) })()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quatrain-helper:", err)
		os.Exit(2)
	}
	out, do := work(s)
	if err := perform(out, do, os.Stderr); err != nil {
		os.Exit(1)
	}
}

// perform does a step. If it fails, the log and the report in its output say why.
func perform(out string, do func() error, log io.Writer) (err error) {
	defer func() {
		if err != nil {
			logProblems(log, step.Problems(err))
			leaveReport(out, err, log)
		}
	}()
	defer crash.Recover(&err)
	return do()
}

// maxLogged is how many problems the log names. Clients show its last lines.
const maxLogged = 20

func logProblems(log io.Writer, all []step.Problem) {
	for _, p := range all[:min(len(all), maxLogged)] {
		fmt.Fprintln(log, "error:", p.Error())
	}
	if len(all) > maxLogged {
		fmt.Fprintf(log, "and %d more\n", len(all)-maxLogged)
	}
}

// work returns what a step does, and where its output goes.
func work(s step.Step) (out string, do func() error) {
	switch s := s.(type) {
	case step.Sequence:
		out, _ := work(s[len(s)-1])
		return out, func() error { return inTurn(s) }
	case step.Facts:
		return s.Out, func() error { return base.Run(s) }
	case step.Locate:
		return s.Out, func() error { return index.Locate(context.Background(), s) }
	case step.Forget:
		return s.Out, func() error { return index.Forget(s) }
	case step.Fetch:
		return s.Out, func() error { return index.Fetch(context.Background(), s) }
	case step.Requirements:
		return s.Out, func() error { return pep517.RunRequirements(s) }
	case step.Build:
		return s.Out, func() error { return pep517.Run(s) }
	case step.Install:
		return s.Out, func() error { return wheel.Run(s) }
	case step.Overlaps:
		return s.Out, func() error { return wheel.RunOverlaps(s) }
	case step.Settle:
		return s.Out, func() error { return wheel.RunSettle(s) }
	case step.Venv:
		return s.Out, func() error { return venv.Run(s) }
	case step.Compile:
		return s.Out, func() error { return bytecode.Run(s) }
	case step.Modes:
		return s.Out, func() error { return modes.Run(s) }
	case step.Test:
		return s.Out, func() error { return command.RunTest(s) }
	case step.Prepare:
		return s.Out, func() error { return command.RunPrepare(s) }
	case step.Apt:
		return "/", func() error { return apt.Run(s) }
	}
	return "/", func() error { return fmt.Errorf("%T is not implemented", s) }
}

func inTurn(steps step.Sequence) error {
	for _, s := range steps {
		_, do := work(s)
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// leaveReport writes why a step failed to its output, which no layer will hold. It is
// best effort: the log has it too.
func leaveReport(out string, problem error, log io.Writer) {
	text, err := json.Marshal(step.Report{Problems: step.Problems(problem)})
	if err == nil {
		err = os.MkdirAll(out, 0o755)
	}
	if err == nil {
		file := filepath.Join(out, step.ReportFile)
		_ = os.Remove(file) // what ran in the step may have put a link or a pipe there
		err = os.WriteFile(file, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(log, "error: report:", err)
	}
}

// printReport shows the frontend what a failed step left. What ran in the step may have
// written anything in the report's place.
func printReport(out string, to io.Writer) error {
	root, err := os.OpenRoot(out)
	if err != nil {
		return err
	}
	defer root.Close()
	info, err := root.Lstat(step.ReportFile)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() > step.MaxReport {
		return fmt.Errorf("%s is no report", step.ReportFile)
	}
	file, err := root.Open(step.ReportFile)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(to, io.LimitReader(file, step.MaxReport))
	return err
}
