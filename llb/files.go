package llb

import (
	"os"
	"path"

	bkllb "github.com/moby/buildkit/client/llb"
)

// root owns what the image's user must not write. Numbers, because a scratch
// layer has no passwd to look names up in.
func root() *bkllb.ChownOpt {
	return &bkllb.ChownOpt{User: &bkllb.UserOpt{UID: 0}, Group: &bkllb.UserOpt{UID: 0}}
}

// parents returns the folders above a path, outermost first, without "/".
func parents(p string) []string {
	dir := path.Dir(p)
	if dir == "/" || dir == "." {
		return nil
	}
	return append(parents(dir), dir)
}

func mkdir(a *bkllb.FileAction, dir string) *bkllb.FileAction {
	if a == nil {
		return bkllb.Mkdir(dir, 0o755, bkllb.WithCreatedTime(epoch))
	}
	return a.Mkdir(dir, 0o755, bkllb.WithCreatedTime(epoch))
}

func modeOf(m uint32) os.FileMode { return os.FileMode(m) }
