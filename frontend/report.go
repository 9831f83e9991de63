package frontend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/llb"
)

// reported is what a failed step of the helper has left. The daemon keeps the mounts of
// a failed step for as long as the request lives: a container with the step's output
// mounted prints the report. Nothing where there is none.
func (r *request) reported(ctx context.Context, op *pb.ExecOp, failure error) []step.Problem {
	var solve *errdefs.SolveError
	mount, ours := llb.ReportFolder(op)
	if !ours || !errors.As(failure, &solve) || mount >= len(solve.MountIDs) || solve.MountIDs[mount] == "" {
		return nil
	}
	text, err := r.readReport(ctx, solve.MountIDs[mount])
	var found step.Report
	if err != nil || json.Unmarshal(text, &found) != nil {
		return nil
	}
	return found.Problems
}

func (r *request) readReport(ctx context.Context, resultID string) ([]byte, error) {
	const failed = "/failed"
	self, err := r.self(ctx)
	if err != nil {
		return nil, err
	}
	root, err := r.solve(ctx, *self)
	if err != nil {
		return nil, err
	}
	container, err := r.client.NewContainer(ctx, gwclient.NewContainerRequest{
		NetMode: pb.NetMode_NONE,
		Mounts: []gwclient.Mount{
			{Dest: "/", MountType: pb.MountType_BIND, Ref: root},
			{Dest: failed, MountType: pb.MountType_BIND, ResultID: resultID, Readonly: true},
		},
	})
	if err != nil {
		return nil, err
	}
	defer container.Release(context.WithoutCancel(ctx))
	var text bytes.Buffer
	process, err := container.Start(ctx, gwclient.StartRequest{
		Args: []string{llb.HelperInFrontend, "report", failed}, Cwd: "/",
		Stdout: nopCloser{&text}, Stderr: nopCloser{io.Discard},
	})
	if err != nil {
		return nil, err
	}
	err = process.Wait()
	return text.Bytes(), err
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
