package frontend

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"sync"
	"time"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"

	"github.com/quatrain-build/quatrain/frontend/explain"
	"github.com/quatrain-build/quatrain/internal/step"
)

// reported returns what a failed step of the helper has left to say: nothing if it left
// nothing, or if something else failed. Steps that several solves need are asked once.
func (r *request) reported(ctx context.Context, def *bkllb.Definition, failure error) []step.Problem {
	// When one part of a build fails, the others are canceled; if this one had failed
	// before, its reason counts too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if explain.IsLost(failure) {
		return r.reportedElsewhere(ctx, def)
	}
	failed := explain.FailedVertex(def, failure)
	read := sync.OnceValue(func() []step.Problem { return r.askFailedStep(ctx, failed, failure) })
	if failed.ID == "" {
		return read()
	}
	once, _ := r.reports.LoadOrStore(failed.ID, read)
	return once.(func() []step.Problem)()
}

// askFailedStep reads a failed step's report: a container with the step's output mounted
// prints it.
func (r *request) askFailedStep(ctx context.Context, failed explain.Vertex, failure error) []step.Problem {
	result, ok := explain.ReportMount(failed, failure)
	if !ok {
		return nil
	}
	text, err := r.readReport(ctx, result)
	if err != nil {
		return nil
	}
	return explain.ParseReport(text)
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
		Args: explain.ReportCommand(failed), Cwd: "/",
		Stdout: nopCloser{&text}, Stderr: nopCloser{io.Discard},
	})
	if err != nil {
		return nil, err
	}
	err = process.Wait()
	return text.Bytes(), err
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
	if err != nil {
		return nil
	}
	return explain.ParseReport(res.Metadata[problemsMeta])
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
