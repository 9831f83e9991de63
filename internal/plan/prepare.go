package plan

import (
	"github.com/quatrain-build/quatrain/internal/poetry/pyproject"
)

// PrepareCommand returns the command that runs when everything else is in the image, or nil.
func (t Target) PrepareCommand() []string {
	if t.Stage != AppStage || t.Prepare == nil || t.Prepare.Command == nil || len(t.Prepare.Command.Args) == 0 {
		return nil
	}
	return t.Prepare.Command.Args
}

// PrepareEnv returns what the prepare command's environment has beyond the image's: what
// makes programs write the same every time, and no byte code, which has its own layers.
func (t Target) PrepareEnv() []pyproject.Pair {
	return pyproject.MergePairs([]pyproject.Pair{
		{Name: "PYTHONDONTWRITEBYTECODE", Value: "1"},
		{Name: "PYTHONHASHSEED", Value: "0"},
		{Name: "SOURCE_DATE_EPOCH", Value: "315532800"}, // 1980, as all files
	}, t.Prepare.Env)
}
