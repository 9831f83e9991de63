package llb

import (
	"os"
	"path"

	"github.com/moby/buildkit/client/llb"
)

// root owns what the image's user must not write. Numbers, because a scratch
// layer has no passwd to look names up in.
func root() *llb.ChownOpt {
	return &llb.ChownOpt{User: &llb.UserOpt{UID: 0}, Group: &llb.UserOpt{UID: 0}}
}

// parents returns the folders above a path, outermost first, without "/".
func parents(p string) []string {
	dir := path.Dir(p)
	if dir == "/" || dir == "." {
		return nil
	}
	return append(parents(dir), dir)
}

func mkdir(a *llb.FileAction, dir string) *llb.FileAction {
	if a == nil {
		return llb.Mkdir(dir, 0o755, llb.WithCreatedTime(epoch))
	}
	return a.Mkdir(dir, 0o755, llb.WithCreatedTime(epoch))
}

func modeOf(m uint32) os.FileMode { return os.FileMode(m) }
