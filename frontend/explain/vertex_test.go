package explain_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"

	"github.com/quatrain-build/quatrain/frontend/explain"
	"github.com/quatrain-build/quatrain/internal/plan"
	"github.com/quatrain-build/quatrain/internal/step"
)

// graph returns a graph whose only vertex is an operation about a package, and its id.
func graph(t *testing.T, op *pb.Op, pkg string) (*bkllb.Definition, digest.Digest) {
	t.Helper()
	data, err := op.MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	id := digest.FromBytes(data)
	return &bkllb.Definition{Def: [][]byte{data}, Metadata: map[digest.Digest]bkllb.OpMetadata{
		id: {Description: map[string]string{"build.quatrain.package": pkg}},
	}}, id
}

func from(identifier string) *pb.Op {
	return &pb.Op{Op: &pb.Op_Source{Source: &pb.SourceOp{Identifier: identifier}}}
}

func TestFailedVertex(t *testing.T) {
	for name, c := range map[string]struct {
		op            *pb.Op
		download, git bool
	}{
		"a file":       {from("https://pypi.org/x.whl"), true, false},
		"a repository": {from("git://git.corp/x.git"), false, true},
		"an image":     {from("docker-image://python"), false, false},
		"a step":       {&pb.Op{Op: &pb.Op_Exec{Exec: &pb.ExecOp{}}}, false, false},
	} {
		def, id := graph(t, c.op, "x")
		v := explain.FailedVertex(def, fmt.Errorf("solving: %w", errdefs.WrapVertex(errors.New("it failed"), id)))
		if v.ID != id.String() || v.Op == nil || v.Package != "x" || v.IsDownload() != c.download || v.IsGit() != c.git {
			t.Errorf("%s: %+v, download %v, git %v", name, v, v.IsDownload(), v.IsGit())
		}
	}
	def, _ := graph(t, from("git://git.corp/x.git"), "x")
	if v := explain.FailedVertex(def, errors.New("it failed")); v != (explain.Vertex{}) || v.IsGit() || v.IsDownload() {
		t.Errorf("no vertex: %+v", v)
	}
	other := digest.FromString("another graph's")
	if v := explain.FailedVertex(def, errdefs.WrapVertex(errors.New("it failed"), other)); v != (explain.Vertex{ID: other.String()}) {
		t.Errorf("another graph's: %+v", v)
	}
}

// A failed fetch is recognised by the vertex, or by git's words if BuildKit used another build's
// vertex: its package is then another's.
func TestFailedFetch(t *testing.T) {
	git := func(name, url string) plan.Package {
		return plan.Package{Name: name, Origin: plan.Origin{Kind: plan.FromGit, URL: url}}
	}
	b := explain.Build{Plan: &plan.Plan{Packages: []plan.Package{
		{Name: "pure", Origin: plan.Origin{URL: "https://git.corp/pure.git"}},
		git("first", "https://git.corp/first.git"), git("second", "https://me:secret@git.corp/second.git"),
	}}}
	fetch, file := from("git://git.corp/x.git"), from("https://git.corp/x.whl")
	for name, c := range map[string]struct {
		v    explain.Vertex
		text string
		want string
	}{
		"by the vertex":                  {explain.Vertex{Op: fetch, Package: "second"}, "exit status 128", "second"},
		"by the text":                    {explain.Vertex{ID: "another's"}, "failed to fetch remote https://xxxxx:xxxxx@git.corp/second.git: git stderr", "second"},
		"another vertex, git's text":     {explain.Vertex{Op: file, Package: "first"}, "failed to fetch remote https://git.corp/first.git: git", ""},
		"no repository":                  {explain.Vertex{Op: fetch, Package: "pure"}, "failed to fetch remote https://git.corp/pure.git: git", ""},
		"the start of a longer address":  {explain.Vertex{}, "failed to fetch remote https://git.corp/first.git.old: git", ""},
		"neither knows":                  {explain.Vertex{}, "exit status 128", ""},
		"a vertex of a package not here": {explain.Vertex{Op: fetch, Package: "third"}, "exit status 128", ""},
	} {
		pkg, ok := b.FailedFetch(c.v, errors.New(c.text))
		if pkg.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q %v, want %q", name, pkg.Name, ok, c.want)
		}
	}
	if pkg, ok := (explain.Build{}).FailedFetch(explain.Vertex{Op: fetch, Package: "first"}, errors.New("x")); ok {
		t.Errorf("without a plan: %s", pkg.Name)
	}
}

// Failures are reported in the plan's order. A repository's failure is that of all packages in it.
func TestFetches(t *testing.T) {
	git := func(name, url, commit string) plan.Package {
		return plan.Package{Name: name, Origin: plan.Origin{Kind: plan.FromGit, URL: url, Commit: commit}}
	}
	packages := []plan.Package{
		git("a", "ssh://git@git.corp/a.git", "1"), git("b", "https://git.corp/twins.git", "2"), git("c", "https://git.corp/twins.git", "2"),
		git("d", "https://git.corp/twins.git", "3"), {Name: "e"},
	}
	failed := explain.Fetches{}
	failed.Add(packages[2], errors.New("Could not resolve host"))
	failed.Add(packages[0], errors.New("no SSH key \"work\" forwarded from the client"))
	failed.Add(packages[4], errors.New("what is in no repository has no fetch"))
	b := explain.Build{Plan: &plan.Plan{Packages: packages}, SSH: map[string]string{"git.corp": "work"}}
	var names []string
	said := text(b.Fetches(failed))
	for s := range strings.SplitSeq(said, "\n") {
		if name, _, ok := strings.Cut(s, " cannot be fetched from "); ok {
			names = append(names, name)
		}
	}
	if got := strings.Join(names, " "); got != "a b c" || !strings.Contains(said, "--ssh work`") {
		t.Errorf("%s:\n%s", got, said)
	}
	if err := b.Fetches(nil); err != nil {
		t.Error(err)
	}
}

// Only a step of the helper has a report, where BuildKit kept its mounts.
func TestReportMount(t *testing.T) {
	exec := func(program string) explain.Vertex {
		return explain.Vertex{Op: &pb.Op{Op: &pb.Op_Exec{Exec: &pb.ExecOp{
			Meta:   &pb.Meta{Args: []string{program}},
			Mounts: []*pb.Mount{{Dest: "/"}, {Dest: step.Out}},
		}}}}
	}
	solve := func(ids ...string) error {
		return fmt.Errorf("solving: %w", &errdefs.SolveError{Solve: &errdefs.Solve{MountIDs: ids}, Err: errors.New("exit code: 1")})
	}
	for name, c := range map[string]struct {
		v    explain.Vertex
		err  error
		want string
	}{
		"a step of the helper":  {exec(step.Helper), solve("root", "out"), "out"},
		"another program":       {exec("/bin/sh"), solve("root", "out"), ""},
		"another vertex":        {explain.Vertex{Op: from("https://pypi.org/x.whl")}, solve("root", "out"), ""},
		"no vertex":             {explain.Vertex{}, solve("root", "out"), ""},
		"mounts that were lost": {exec(step.Helper), solve("root", ""), ""},
		"fewer mounts":          {exec(step.Helper), solve("root"), ""},
		"an error without any":  {exec(step.Helper), errors.New("exit code: 1"), ""},
	} {
		if got, ok := explain.ReportMount(c.v, c.err); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q %v, want %q", name, got, ok, c.want)
		}
	}
}

// A report that is broken or not there has no problems.
func TestParseReport(t *testing.T) {
	for text, want := range map[string]int{`{"problems":[{"message":"a"},{"message":"b"}]}`: 2, `{}`: 0, ``: 0, `{"problems":[{"message":"a"}`: 0, `[]`: 0} {
		if got := explain.ParseReport([]byte(text)); len(got) != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// What BuildKit says of itself is explained, with its own words; all else stays as it is.
func TestBuilder(t *testing.T) {
	const lost, killed = "releasing already released reference x::y", "failed to rename: rename /new-1 /7: file exists"
	for _, c := range []struct {
		explain    func(error) error
		text, want string
	}{
		{explain.Lost, lost, "BuildKit lost the error of one (" + lost + ")"},
		{explain.Leftover, "solving: " + killed, "Run `docker buildx prune`"},
	} {
		if got := text(c.explain(errors.New(c.text))); !strings.Contains(got, c.want) || !strings.Contains(got, c.text) {
			t.Errorf("%q: %s", c.text, got)
		}
		other := errors.New("failed to rename: permission denied")
		if got := c.explain(other); got != other {
			t.Errorf("another error became %v", got)
		}
	}
	if !explain.IsLost(errors.New(lost)) || explain.IsLost(errors.New(killed)) {
		t.Error("another error was lost")
	}
	if err := explain.Leftover(nil); err != nil {
		t.Error(err)
	}
}
