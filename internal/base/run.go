package base

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/internal/step/fixed"
)

// FactsFile is what the facts step writes: [Facts] as JSON.
const FactsFile = "facts.json"

// Run runs the facts step.
func Run(s step.Facts) error {
	facts, err := Read(os.DirFS(s.Root).(FS), []string{"PATH=" + s.Path, "PYTHON_VERSION=" + s.Python})
	if err != nil {
		return &step.Problem{Kind: step.BadBase, Message: "base image: " + err.Error()}
	}
	text, err := json.MarshalIndent(facts, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.Out, FactsFile), append(text, '\n'), 0o644); err != nil {
		return err
	}
	return fixed.Tree(s.Out)
}
