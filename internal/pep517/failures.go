package pep517

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// failures is where the reason of a failed build waits for the step that reports
// it: a file in a cache mount, named by the step's arguments.
type failures struct{ file string }

func failuresOf(s step.Build) failures {
	s.Report = ""
	sum := sha256.Sum256([]byte(strings.Join(s.Args(), "\x00")))
	return failures{filepath.Join(step.Failures, hex.EncodeToString(sum[:])+".json")}
}

// keep is best effort: without the file the build runs once more to be reported.
func (f failures) keep(p step.Problem) {
	data, err := json.Marshal(p)
	if err == nil {
		_ = os.WriteFile(f.file, data, 0o600)
	}
}

// take is the reason that was kept, once; nil where there is none.
func (f failures) take() *step.Problem {
	data, err := os.ReadFile(f.file)
	if err != nil {
		return nil
	}
	os.Remove(f.file)
	var p step.Problem
	if json.Unmarshal(data, &p) != nil || p.Message == "" {
		return nil
	}
	return &p
}
