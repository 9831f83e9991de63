// Command quatrain-helper does the work inside a build: see package step for
// its commands. Its bytes are part of the cache key of every step, so it is
// small, static and reproducible, and holds no BuildKit.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/apt"
	"github.com/quatrain-build/quatrain/internal/base"
	"github.com/quatrain-build/quatrain/internal/bytecode"
	"github.com/quatrain-build/quatrain/internal/command"
	"github.com/quatrain-build/quatrain/internal/index"
	"github.com/quatrain-build/quatrain/internal/modes"
	"github.com/quatrain-build/quatrain/internal/pep517"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/venv"
	"github.com/quatrain-build/quatrain/internal/wheel"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "report" {
		printReport(os.Args[2])
		return
	}
	s, err := step.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "quatrain-helper:", err)
		os.Exit(2)
	}
	out, do := work(s)
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		leaveReport(out, err)
		os.Exit(1)
	}
}

// work is what a step does, and where its output is.
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
func leaveReport(out string, problem error) {
	text, err := json.Marshal(step.Report{Problems: step.Problems(problem)})
	if err == nil {
		err = os.MkdirAll(out, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(out, step.ReportFile), text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error: report:", err)
	}
}

// printReport shows the frontend what a failed step left.
func printReport(out string) {
	text, err := os.ReadFile(filepath.Join(out, step.ReportFile))
	if err != nil {
		fmt.Fprintln(os.Stderr, "quatrain-helper:", err)
		os.Exit(1)
	}
	os.Stdout.Write(text)
}
