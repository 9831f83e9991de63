package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quatrain-build/quatrain/internal/step"
)

// failed performs a step that fails, and returns its log and what its report says.
func failed(t *testing.T, out string, do func() error) (string, []step.Problem) {
	t.Helper()
	var log, text bytes.Buffer
	if err := perform(out, do, &log); err == nil {
		t.Fatal("no error")
	}
	if err := printReport(out, &text); err != nil {
		t.Fatal(err)
	}
	var report step.Report
	if err := json.Unmarshal(text.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	return log.String(), report.Problems
}

func assign(m map[string]int) { m["x"] = 1 }

// A panic is reported as any other failure is, with its place.
func TestPanic(t *testing.T) {
	log, problems := failed(t, t.TempDir(), func() error {
		assign(nil)
		return nil
	})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "nil map (at cmd/quatrain-helper/main_test.go:") || !strings.Contains(problems[0].Hint, "report it") {
		t.Errorf("%+v", problems)
	}
	if !strings.Contains(log, "error: Quatrain crashed: ") || !strings.Contains(log, "hint: This is a bug") {
		t.Error(log)
	}
}

// The report has all problems, the log the first ones.
func TestManyProblems(t *testing.T) {
	var all []error
	for range 600 {
		all = append(all, &step.Problem{Package: "a", Message: "is not there"})
	}
	log, problems := failed(t, t.TempDir(), func() error { return errors.Join(all...) })
	if len(problems) != 600 {
		t.Errorf("%d problems", len(problems))
	}
	if lines := strings.Split(strings.TrimSpace(log), "\n"); len(lines) != maxLogged+1 || lines[maxLogged] != "and 580 more" {
		t.Errorf("%d lines", len(lines))
	}
}

// What ran in a step may have put something else in the report's place.
func TestReportOfAHostileStep(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, make := range map[string]func(file string) error{
		"a link":   func(file string) error { return os.Symlink(secret, file) },
		"a folder": func(file string) error { return os.Mkdir(file, 0o755) },
		"a large file": func(file string) error {
			return errors.Join(os.WriteFile(file, nil, 0o600), os.Truncate(file, step.MaxReport+1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			if err := make(filepath.Join(out, step.ReportFile)); err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			if err := printReport(out, &text); err == nil || text.Len() > 0 {
				t.Errorf("%v, %q", err, text.String())
			}
			if _, problems := failed(t, out, func() error { return errors.New("broken") }); len(problems) != 1 {
				t.Errorf("%v", problems)
			}
			if data, err := os.ReadFile(secret); err != nil || string(data) != "s3cret" {
				t.Errorf("%s %v", data, err)
			}
		})
	}
}
