package llb

import (
	"fmt"
	"strings"
	"time"

	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
)

// file prints the actions of a file operation. An action works on an input of the
// vertex or on the result of an action before it.
func (p *printer) file(op *pb.Op) {
	target := func(n int64) string {
		if int(n) >= len(op.Inputs) {
			return fmt.Sprintf("(%d)", int(n)-len(op.Inputs)+1)
		}
		return p.ref(op, n)
	}
	for i, a := range op.GetFile().Actions {
		on := ""
		if before := int64(len(op.Inputs) + i - 1); a.Input >= 0 && (i == 0 || a.Input != before) {
			on = " on " + target(a.Input)
		}
		p.line("%s%s", fileAction(a, target), on)
	}
}

func fileAction(a *pb.FileAction, target func(int64) string) string {
	switch {
	case a.GetMkdir() != nil:
		m := a.GetMkdir()
		return fmt.Sprintf("mkdir %s %#o%s", m.Path, m.Mode, words(flag("parents", m.MakeParents), owner(m.Owner), created(m.Timestamp)))
	case a.GetMkfile() != nil:
		m := a.GetMkfile()
		return fmt.Sprintf("write %s %#o%s: %s", m.Path, m.Mode, words(owner(m.Owner), created(m.Timestamp)), contents(m.Data))
	case a.GetCopy() != nil:
		c := a.GetCopy()
		return fmt.Sprintf("copy %s%s -> %s%s", target(a.SecondaryInput), c.Src, c.Dest, words(
			flag("contents", c.DirCopyContents), flag("unpack", c.AttemptUnpackDockerCompatibility),
			list("include", c.IncludePatterns), list("exclude", c.ExcludePatterns),
			mode(c), owner(c.Owner), created(c.Timestamp)))
	case a.GetSymlink() != nil:
		s := a.GetSymlink()
		return fmt.Sprintf("symlink %s -> %s%s", s.Newpath, s.Oldpath, words(owner(s.Owner), created(s.Timestamp)))
	case a.GetRm() != nil:
		return "remove " + a.GetRm().Path
	}
	return fmt.Sprintf("%T", a.Action)
}

func words(all ...string) string {
	var b strings.Builder
	for _, w := range all {
		if w != "" {
			b.WriteString(" " + w)
		}
	}
	return b.String()
}

func flag(name string, set bool) string {
	if set {
		return name
	}
	return ""
}

func list(name string, patterns []string) string {
	if len(patterns) == 0 {
		return ""
	}
	return fmt.Sprintf("%s=%q", name, patterns)
}

func mode(c *pb.FileActionCopy) string {
	switch {
	case c.ModeStr != "":
		return "mode=" + c.ModeStr
	case c.Mode >= 0:
		return fmt.Sprintf("mode=%#o", c.Mode)
	}
	return ""
}

func owner(o *pb.ChownOpt) string {
	if o == nil {
		return ""
	}
	return fmt.Sprintf("owner=%d:%d", o.User.GetByID(), o.Group.GetByID())
}

func created(timestamp int64) string {
	if timestamp < 0 {
		return ""
	}
	return "time=" + time.Unix(0, timestamp).UTC().Format(time.DateOnly)
}

// contents returns what a file holds: a short text as it is, else its size and the start of
// its digest.
func contents(data []byte) string {
	if len(data) <= 60 {
		return fmt.Sprintf("%q", data)
	}
	return fmt.Sprintf("%d bytes %s", len(data), digest.FromBytes(data).Encoded()[:12])
}
