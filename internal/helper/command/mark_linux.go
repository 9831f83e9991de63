package command

import (
	"io/fs"
	"syscall"
)

// mark is what a file cannot change without: its time of change is the kernel's, and no
// program sets it.
type mark struct {
	mode    fs.FileMode
	inode   uint64
	changed syscall.Timespec
}

func markOf(info fs.FileInfo) mark {
	m := mark{mode: info.Mode()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		m.inode, m.changed = stat.Ino, stat.Ctim
	}
	return m
}
