package frontend_test

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/util/grpcerrors"
	digest "github.com/opencontainers/go-digest"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/quatrain-build/quatrain/frontend"
	"github.com/quatrain-build/quatrain/frontend/offline"
)

// maxTrailer is what an error may weigh on its way to the client, before HTTP/2's own
// encoding.
const maxTrailer = 100 << 10

// arrives returns what a client prints of an error that came over gRPC.
func arrives(t *testing.T, err error) string {
	t.Helper()
	st, _ := status.FromError(grpcerrors.ToGRPC(t.Context(), err))
	if size := proto.Size(st.Proto()); size > maxTrailer {
		t.Errorf("the error has %d bytes", size)
	}
	err = grpcerrors.FromGRPC(st.Err())
	var b bytes.Buffer
	for _, s := range errdefs.Sources(err) {
		s.Print(&b)
	}
	return b.String() + err.Error()
}

// lockOf makes a lock of so many packages, with as many files each; wrong is a package's
// field that is wrong of each.
func lockOf(packages, files int, entry func(i int) string) string {
	var b strings.Builder
	for i := range packages {
		fmt.Fprintf(&b, "[[package]]\nname = \"package-%04d\"\nversion = \"1.0\"\noptional = false\npython-versions = \"*\"\ngroups = [\"main\"]\n%sfiles = [\n", i, entry(i))
		for f := range files {
			fmt.Fprintf(&b, "    {file = \"package_%04d-1.0-cp3%d-cp3%d-win_amd64.whl\", hash = \"sha256:%064x\"},\n", i, f, f, i*100+f)
		}
		b.WriteString("]\n\n")
	}
	return b.String() + lock[strings.Index(lock, "[metadata]"):]
}

var marked = regexp.MustCompile(`(?m)^ +(\d+) \| >>> (.*)$`)

// Of many errors the first ones arrive with their lines, however large the file is, and how
// many more there are.
func TestManyErrors(t *testing.T) {
	nothing := func(int) string { return "" }
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "key-%d = 1\n", i)
		}
		return toml + b.String()
	}
	for name, c := range map[string]struct {
		files map[string]string
		more  int
	}{
		"a lock of 5 MB":         {map[string]string{"poetry.lock": lockOf(600, 80, nothing)}, 595},
		"errors far down":        {map[string]string{"poetry.lock": strings.Repeat("#\n", 100_000) + lockOf(600, 2, nothing)}, 595},
		"wrong types":            {map[string]string{"poetry.lock": lockOf(600, 2, func(int) string { return "markers = 1\n" })}, 595},
		"a line of 4 MB":         {map[string]string{"pyproject.toml": keys(10) + "# " + strings.Repeat("x", 4<<20)}, 5},
		"a long value":           {map[string]string{"pyproject.toml": keys(9) + "long = \"" + strings.Repeat("x", 4<<20) + "\"\n"}, 5},
		"a long key":             {map[string]string{"pyproject.toml": strings.ReplaceAll(keys(10), "key-", strings.Repeat("k", 200_000))}, 5},
		"many unknown keys":      {map[string]string{"pyproject.toml": keys(8000)}, 7995},
		"errors in both of them": {map[string]string{"pyproject.toml": keys(3), "poetry.lock": lockOf(600, 2, func(int) string { return "markers = 1\n" })}, 598},
	} {
		t.Run(name, func(t *testing.T) {
			a := build(t, asked{files: c.files})
			if a.err == nil {
				t.Fatal("no error")
			}
			text := arrives(t, a.err)
			if want := fmt.Sprintf("\nand %d more", c.more); strings.Count(text, want) != 1 || len(text) > 50<<10 {
				t.Errorf("%d bytes, which end with %q", len(text), text[max(0, len(text)-100):])
			}
			files := map[string][]string{}
			for name, data := range c.files {
				files[name] = strings.Split(data, "\n")
			}
			shown := map[string]bool{}
			for _, m := range marked.FindAllStringSubmatch(text, -1) {
				shown[m[1]] = true
				var number int
				fmt.Sscan(m[1], &number)
				found := false
				for _, lines := range files {
					found = found || number <= len(lines) && strings.HasPrefix(lines[number-1], strings.TrimSuffix(m[2], "…"))
				}
				if !found {
					t.Errorf("line %d is not %.100q", number, m[2])
				}
			}
			for _, m := range regexp.MustCompile(`(?m)^(?:poetry\.lock|pyproject\.toml):(\d+): `).FindAllStringSubmatch(text, -1) {
				if !shown[m[1]] {
					t.Errorf("line %s is not shown", m[1])
				}
			}
		})
	}
}

// Memory grows with the number of errors, and not with its square.
func TestMemoryOfManyErrors(t *testing.T) {
	allocated := func(n int) uint64 {
		c := request(t, asked{files: map[string]string{"poetry.lock": lockOf(n, 20, func(int) string { return "" })}})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := frontend.Build(t.Context(), c)
		arrives(t, err)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	allocated(10)
	if few, many := allocated(200), allocated(2000); many > 15*few {
		t.Errorf("%d bytes for 200 errors, %d for 2000", few, many)
	}
}

// warnedClient keeps what the warnings weigh.
type warnedClient struct {
	*offline.Client
	sent [][]byte // the excerpts' files
}

func (c *warnedClient) Warn(ctx context.Context, d digest.Digest, msg string, o gwclient.WarnOpts) error {
	c.sent = append(c.sent, o.SourceInfo.GetData())
	return c.Client.Warn(ctx, d, msg, o)
}

// Of many warnings the first ones are shown, and how many more there are. Of their files
// only what is near is sent.
func TestManyWarnings(t *testing.T) {
	entry := func(i int) string { return fmt.Sprintf("# %s\n", strings.Repeat("x", 1000)) }
	for _, n := range []int{1, 20, 21, 600} {
		text := lockOf(n, 20, entry)
		for i := range n {
			text = strings.Replace(text, fmt.Sprintf("package_%04d-1.0-cp30-cp30-win_amd64.whl", i), fmt.Sprintf("package_%04d-1.0.tar.gz", i), 1)
		}
		c := &warnedClient{Client: request(t, asked{files: map[string]string{"poetry.lock": text}})}
		if _, err := frontend.Build(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		want := min(n, 20)
		if n > 20 {
			want++
		}
		all, weight := c.Warnings(), 0
		for _, data := range c.sent {
			weight += len(data)
		}
		if len(all) != want || weight > 64<<10 || !strings.HasPrefix(all[0], "package-0000 1.0 is built from its sdist") {
			t.Errorf("%d: %d warnings, %d bytes, %q", n, len(all), weight, all[0])
		}
		if last := all[len(all)-1]; n > 20 && last != fmt.Sprintf("and %d more", n-20) {
			t.Errorf("%d end with %q", n, last)
		}
	}
}

// A warning without a place does not send the build file.
func TestWarningWithoutAPlace(t *testing.T) {
	c := &warnedClient{Client: request(t, asked{opts: args("build-arg:UNUSED", "x")})}
	if _, err := frontend.Build(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if len(c.sent) != 1 || len(c.sent[0]) != 0 {
		t.Errorf("%q", c.sent)
	}
}

// BuildKit's own errors quote whole command lines.
func TestLongErrorOfBuildKit(t *testing.T) {
	client := failing(t, asked{}, func(_ context.Context, s solve) error {
		if isFacts(s) {
			return fmt.Errorf("process %q did not complete successfully: exit code: 7", strings.Repeat("wheel ", 1<<20))
		}
		return nil
	})
	_, err := frontend.Build(t.Context(), client)
	if text := arrives(t, err); !strings.HasPrefix(text, `process "wheel`) || !strings.HasSuffix(text, "exit code: 7") {
		t.Errorf("%.100q", text)
	}
}

// What --check finds is shown with its lines, and of its files no more is sent.
func TestCheckSendsLittle(t *testing.T) {
	a := build(t, asked{
		files: map[string]string{"pyproject.toml": toml + "command = \"x $HOME\"\n" + strings.Repeat("# "+strings.Repeat("x", 1000)+"\n", 5000)},
		opts:  args("requestid", "frontend.lint"),
	})
	if a.err != nil {
		t.Fatal(a.err)
	}
	if size := len(a.result.Metadata["result.json"]); size > 64<<10 {
		t.Errorf("%d bytes", size)
	}
	if text := string(a.result.Metadata["result.txt"]); !strings.Contains(text, ">>> command = \"x $HOME\"") {
		t.Error(text)
	}
}
