package frontend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"
	"time"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"

	"github.com/quatrain-build/quatrain/internal/step"
	"github.com/quatrain-build/quatrain/llb"
)

// reported returns what a failed step of the helper has left to say: nothing if it left
// nothing, or if something else failed. Steps that several solves need are asked once.
func (r *request) reported(ctx context.Context, def *bkllb.Definition, failure error) []step.Problem {
	// When one part of a build fails, the others are canceled; if this one had failed
	// before, its reason counts too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if lost(failure) {
		return r.reportedElsewhere(ctx, def)
	}
	f := failedVertex(def, failure)
	read := sync.OnceValue(func() []step.Problem { return r.askFailedStep(ctx, f.op.GetExec(), failure) })
	if f.id == "" {
		return read()
	}
	once, _ := r.reports.LoadOrStore(f.id, read)
	return once.(func() []step.Problem)()
}

// askFailedStep reads a failed step's report. The daemon keeps the mounts of a failed step
// for as long as the request lives: a container with the step's output mounted prints the
// report.
func (r *request) askFailedStep(ctx context.Context, op *pb.ExecOp, failure error) []step.Problem {
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

// lost reports whether BuildKit 0.34 lost the error of a step: of all failed steps of one
// session that have a mount in common it releases that mount's reference twice, and returns
// the error of that in place of the step's. All steps have the helper in common, so this is
// each failure after the first.
func lost(err error) bool {
	return strings.Contains(err.Error(), "releasing already released reference")
}

// requestProblems asks a second session of the frontend for the report of a step whose
// error was lost in the first: what failed is not run again.
const requestProblems = "quatrain.problems"

// maxSessions is how many are started: each is a container.
const maxSessions = 4

const (
	failedInput  = "failed"   // the graph that failed
	problemsMeta = "problems" // the answer
)

// reportedElsewhere asks a second session. It returns nothing if there can be none.
func (r *request) reportedElsewhere(ctx context.Context, def *bkllb.Definition) []step.Problem {
	opts := maps.Clone(r.client.BuildOpts().Opts)
	if opts["source"] == "" || opts["requestid"] == requestProblems || r.sessions.Add(1) > maxSessions {
		return nil
	}
	opts["requestid"] = requestProblems
	res, err := r.client.Solve(ctx, gwclient.SolveRequest{
		Frontend:       "gateway.v0",
		FrontendOpt:    opts,
		FrontendInputs: map[string]*pb.Definition{failedInput: def.ToPB()},
	})
	var found step.Report
	if err != nil || json.Unmarshal(res.Metadata[problemsMeta], &found) != nil {
		return nil
	}
	return found.Problems
}

// answerProblems answers requestProblems.
func (r *request) answerProblems(ctx context.Context) (*gwclient.Result, error) {
	inputs, err := r.client.Inputs(ctx)
	if err != nil {
		return nil, err
	}
	st, ok := inputs[failedInput]
	if !ok {
		return nil, fmt.Errorf("%s needs the graph that failed", requestProblems)
	}
	def, err := r.marshal(ctx, st)
	if err != nil {
		return nil, err
	}
	var found step.Report
	if _, err := r.solveDefinition(ctx, def); err != nil {
		found.Problems = r.reported(ctx, def, err)
	}
	text, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	res := gwclient.NewResult()
	res.AddMeta(problemsMeta, text)
	return res, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
