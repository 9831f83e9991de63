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
	"github.com/quatrain-build/quatrain/internal/bytecode"
	"github.com/quatrain-build/quatrain/internal/index"
	"github.com/quatrain-build/quatrain/internal/pep517"
	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/venv"
	"github.com/quatrain-build/quatrain/internal/wheel"
)

func main() {
	s, err := step.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "quatrain-helper:", err)
		os.Exit(2)
	}
	report, err := run(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
	}
	if report != "" {
		err = writeReport(report, err)
	}
	if err != nil {
		os.Exit(1)
	}
}

// run does the step, and says where its report goes, "" for nowhere.
func run(s any) (report string, err error) {
	switch s := s.(type) {
	case step.Locate:
		return s.Report, index.Locate(context.Background(), s)
	case step.Fetch:
		return s.Report, index.Fetch(context.Background(), s)
	case step.Build:
		return s.Report, pep517.Run(s)
	case step.Install:
		return s.Report, wheel.Run(s)
	case step.Overlaps:
		return s.Report, wheel.RunOverlaps(s)
	case step.Venv:
		return s.Report, venv.Run(s)
	case step.Compile:
		return s.Report, bytecode.Run(s)
	case step.Apt:
		return s.Report, apt.Run(s)
	}
	return "", fmt.Errorf("%T is not implemented", s)
}

// writeReport tells the frontend what happened; the step as such has then succeeded.
func writeReport(file string, problem error) error {
	r := step.Report{Problems: step.Problems(problem)}
	if r.Problems == nil {
		r.Problems = []step.Problem{}
	}
	text, err := json.Marshal(r)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o755)
	}
	if err == nil {
		err = os.WriteFile(file, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error: report:", err)
	}
	return err
}
