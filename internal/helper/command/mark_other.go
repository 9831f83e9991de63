//go:build !linux

package command

import (
	"io/fs"
	"time"
)

// mark is what a file rarely changes without: steps run on Linux, this is for tests
// elsewhere.
type mark struct {
	mode    fs.FileMode
	size    int64
	changed time.Time
}

func markOf(info fs.FileInfo) mark { return mark{info.Mode(), info.Size(), info.ModTime()} }
