package llb

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/quatrain-build/quatrain/internal/step"
)

func printed(t *testing.T, states ...bkllb.State) string {
	t.Helper()
	var definitions []*pb.Definition
	for _, s := range states {
		def, err := s.Marshal(t.Context(), bkllb.LinuxAmd64)
		if err != nil {
			t.Fatal(err)
		}
		definitions = append(definitions, def.ToPB())
	}
	var b strings.Builder
	if err := Print(&b, definitions...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What the golden graphs do not reach.
func TestPrint(t *testing.T) {
	base := bkllb.Image("busybox")
	run := base.Run(bkllb.Args([]string{"sh", "--", "a", "b"}), bkllb.WithCustomName("step, one"), bkllb.IgnoreCache,
		bkllb.AddMount("/tmp", bkllb.Scratch(), bkllb.Tmpfs()), bkllb.AddSSHSocket(bkllb.SSHID("key"), bkllb.SSHSocketTarget("/agent")),
		bkllb.AddEnv("A", "1"), bkllb.Network(bkllb.NetModeHost))
	links := run.Root().File(bkllb.Symlink("/old", "/new").Rm("/gone").Mkfile("/long", 0o600, []byte(strings.Repeat("x", 61))))
	want := `docker-image://docker.io/library/busybox:latest
    docker-image://docker.io/library/busybox:latest linux/amd64
step, one
    exec linux/amd64 no-cache
    $ sh -- a b
    env A=1
    env SSH_AUTH_SOCK=/agent
    network host
    / = <docker-image://docker.io/library/busybox:latest>
    /tmp = tmpfs
    /agent = ssh key
file
    file
    symlink /new -> /old on <step, …>
    remove /gone
    write /long 0600: 61 bytes c508e75f24e2
diff
    diff
    <docker-image://docker.io/library/busybox:latest>
    <file>
`
	if diff := cmp.Diff(want, printed(t, bkllb.Diff(base, links))); diff != "" {
		t.Error(diff)
	}
}

// A vertex of two definitions is printed once; another one of that name has a number.
func TestPrintNames(t *testing.T) {
	one := bkllb.Scratch().File(bkllb.Mkdir("/a", 0o755), bkllb.WithCustomName("same"))
	two := one.File(bkllb.Mkdir("/b", 0o755), bkllb.WithCustomName("same"))
	want := "same\n    file\n    mkdir /a 0755\nsame (2)\n    file\n    mkdir /b 0755 on <same>\n"
	if diff := cmp.Diff(want, printed(t, one, two)); diff != "" {
		t.Error(diff)
	}
}

// A step's document is printed whole, in however many arguments it is; arguments that are
// no step are printed as they are.
func TestPrintSteps(t *testing.T) {
	long := strings.Repeat("x", 150_000)
	steps := step.Sequence{
		step.Apt{Packages: []string{long, `a "b"`}},
		step.Locate{Index: step.Index{Name: "pypi", URL: "https://pypi.org/simple/"}, Out: "/out"},
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a step": {steps[1].Args(), `    $ /.quatrain/helper locate
      index: {"name":"pypi","url":"https://pypi.org/simple/"}
      out: "/out"
`},
		"a sequence": {steps.Args(), `    $ /.quatrain/helper apt
      packages:
        "` + long + `"
        "a \"b\""
    $ /.quatrain/helper locate
      index: {"name":"pypi","url":"https://pypi.org/simple/"}
      out: "/out"
`},
		"no step":      {[]string{"report", "/out"}, "    $ /.quatrain/helper report /out\n"},
		"no arguments": {nil, "    $ /.quatrain/helper\n"},
	} {
		t.Run(name, func(t *testing.T) {
			run := bkllb.Scratch().Run(bkllb.Args(append([]string{step.Helper}, c.args...)))
			want := "exec\n    exec linux/amd64\n" + c.want + "    / = scratch\n"
			if diff := cmp.Diff(want, printed(t, run.Root())); diff != "" {
				t.Error(diff)
			}
		})
	}
}
