package llb

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
)

func printed(t *testing.T, states ...llb.State) string {
	t.Helper()
	var definitions []*pb.Definition
	for _, s := range states {
		def, err := s.Marshal(t.Context(), llb.LinuxAmd64)
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
	base := llb.Image("busybox")
	run := base.Run(llb.Args([]string{"sh", "--", "a", "b"}), llb.WithCustomName("step, one"), llb.IgnoreCache,
		llb.AddMount("/tmp", llb.Scratch(), llb.Tmpfs()), llb.AddSSHSocket(llb.SSHID("key"), llb.SSHSocketTarget("/agent")),
		llb.AddEnv("A", "1"), llb.Network(llb.NetModeHost))
	links := run.Root().File(llb.Symlink("/old", "/new").Rm("/gone").Mkfile("/long", 0o600, []byte(strings.Repeat("x", 61))))
	want := `docker-image://docker.io/library/busybox:latest
    docker-image://docker.io/library/busybox:latest linux/amd64
step, one
    exec linux/amd64 no-cache
    $ sh
      a
      b
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
	if diff := cmp.Diff(want, printed(t, llb.Diff(base, links))); diff != "" {
		t.Error(diff)
	}
}

// A vertex of two definitions is printed once; another one of that name has a number.
func TestPrintNames(t *testing.T) {
	one := llb.Scratch().File(llb.Mkdir("/a", 0o755), llb.WithCustomName("same"))
	two := one.File(llb.Mkdir("/b", 0o755), llb.WithCustomName("same"))
	want := "same\n    file\n    mkdir /a 0755\nsame (2)\n    file\n    mkdir /b 0755 on <same>\n"
	if diff := cmp.Diff(want, printed(t, one, two)); diff != "" {
		t.Error(diff)
	}
}
