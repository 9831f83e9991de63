package frontend

import (
	"context"
	"errors"
	"strings"

	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/grpcerrors"
	"google.golang.org/grpc/codes"

	"github.com/quatrain-build/quatrain/frontend/explain"
	"github.com/quatrain-build/quatrain/internal/crash"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/source"
)

// finish returns a request's error as clients show it.
func finish(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx) // whatever came of it
	}
	return withSources(err)
}

// canceled reports whether an error only says that somebody else gave up. The gateway
// carries no more than its code or its text.
func canceled(err error) bool {
	return errors.Is(err, context.Canceled) || grpcerrors.Code(err) == codes.Canceled || strings.Contains(err.Error(), context.Canceled.Error())
}

// isLate reports whether an error only says that time was up.
func isLate(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || grpcerrors.Code(err) == codes.DeadlineExceeded || strings.Contains(err.Error(), context.DeadlineExceeded.Error())
}

// Of a file only an excerpt travels to the client, and the lines before it empty, so that
// its lines have their numbers. An error's details are a trailer of HTTP/2, in which all
// of this takes twice its size, so the empty lines of one answer are limited too. An
// excerpt from further down is part of the text.
const maxPadding = 16 << 10

// withSources turns errors that know their place into BuildKit's, which the
// client prints with the file's excerpt. It is the only place that does.
func withSources(err error) error {
	if !ours(err) {
		return shortened(err)
	}
	report := source.NewReport(err)
	var attached []*errdefs.Source
	padding := 0
	text := report.Text(func(x *source.Excerpt) string {
		if padding+x.Padding() > maxPadding {
			return x.String()
		}
		padding += x.Padding()
		attached = append(attached, &errdefs.Source{Info: sourceInfo(x.File, x.Data()), Ranges: ranges(x)})
		return ""
	})
	if attached == nil {
		// Without any the client would print the syntax line as the error's place.
		attached = append(attached, &errdefs.Source{Info: sourceInfo("", nil)})
	}
	// Clients print the excerpts in the order in which they are added.
	var out error = &shownError{report, text}
	for _, s := range attached {
		out = errdefs.WithSource(out, s)
	}
	return out
}

// ours reports whether an error is one of this project's, and not only BuildKit's.
func ours(err error) bool {
	var crashed *crash.Error
	return len(source.All(err)) > 0 || errors.As(err, &crashed)
}

// shownError is a report with the text that clients print.
type shownError struct {
	*source.Report
	text string
}

func (e *shownError) Error() string { return e.text }

// Unwrap returns the report: the command shows it in its own way.
func (e *shownError) Unwrap() error { return e.Report }

// maxText is how long BuildKit's own error may be. It quotes whole command lines.
const maxText = 32 << 10

// shortened returns BuildKit's own error, whose details clients understand, or if it is
// too long the start and the end of its text.
func shortened(err error) error {
	if err == nil || len(err.Error()) <= maxText {
		return err
	}
	text := err.Error()
	return errors.New(strings.ToValidUTF8(text[:maxText/2]+"\n…\n"+text[len(text)-maxText/2:], "�"))
}

func sourceInfo(name string, data []byte) *pb.SourceInfo {
	return &pb.SourceInfo{Filename: name, Language: "TOML", Data: data}
}

func ranges(x *source.Excerpt) (all []*pb.Range) {
	for _, m := range x.Marks {
		all = append(all, lines(m[0], m[1]))
	}
	return all
}

func lines(first, last int) *pb.Range {
	return &pb.Range{Start: &pb.Position{Line: int32(first)}, End: &pb.Position{Line: int32(last)}}
}

// buildOf returns what is known of a build that failed. Without a plan p is nil.
func (r *request) buildOf(p *plan.Plan) explain.Build {
	return explain.Build{Project: r.project, Lock: r.lock, Plan: p, SSH: r.sshIDs(), Emulated: p != nil && r.emulates(p.Platform)}
}
