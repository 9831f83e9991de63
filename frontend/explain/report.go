package explain

import (
	"encoding/json"
	"errors"

	"github.com/moby/buildkit/solver/errdefs"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/llb"
)

// ReportMount returns the id of the result in which a failed step of the helper left its
// report. The daemon keeps the mounts of a failed step for as long as the request lives. ok
// is false if something else failed.
func ReportMount(v Vertex, failure error) (id string, ok bool) {
	var solve *errdefs.SolveError
	mount, ours := llb.ReportFolder(v.Op.GetExec())
	if !ours || !errors.As(failure, &solve) || mount >= len(solve.MountIDs) {
		return "", false
	}
	id = solve.MountIDs[mount]
	return id, id != ""
}

// ReportCommand returns the command that prints the report in a folder, in a container of the
// frontend's image.
func ReportCommand(folder string) []string {
	return []string{llb.HelperInFrontend, "report", folder}
}

// ParseReport returns the problems in a report, or nil if it cannot be read.
func ParseReport(text []byte) []step.Problem {
	var found step.Report
	if json.Unmarshal(text, &found) != nil {
		return nil
	}
	return found.Problems
}
