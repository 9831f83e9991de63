package frontend

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// refFS reads a build result as a file system. Symbolic links are not followed:
// whoever reads resolves them inside the tree. Not for concurrent use.
type refFS struct {
	ctx  context.Context
	ref  gwclient.Reference
	dirs map[string][]*fstypes.Stat // listings that were asked for
}

func newRefFS(ctx context.Context, ref gwclient.Reference) *refFS {
	return &refFS{ctx: ctx, ref: ref, dirs: map[string][]*fstypes.Stat{}}
}

var _ interface {
	fs.ReadDirFS
	fs.ReadFileFS
} = (*refFS)(nil)

// Open reads a whole file.
func (f *refFS) Open(name string) (fs.File, error) {
	info, err := f.Lstat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return &openFile{Reader: bytes.NewReader(nil), info: info}, nil
	}
	data, err := f.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &openFile{Reader: bytes.NewReader(data), info: info}, nil
}

// Lstat is the file's own description. The gateway's StatFile follows links, so
// the listing of the folder is asked, once.
func (f *refFS) Lstat(name string) (fs.FileInfo, error) {
	st, err := f.lstat(name)
	if err != nil {
		return nil, err
	}
	return fileInfo{st}, nil
}

func (f *refFS) lstat(name string) (*fstypes.Stat, error) {
	if name == "." {
		return &fstypes.Stat{Mode: uint32(fs.ModeDir | 0o755)}, nil
	}
	stats, err := f.list(path.Dir(name))
	if err != nil {
		return nil, err
	}
	for _, st := range stats {
		if path.Base(st.Path) == path.Base(name) {
			return st, nil
		}
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

func (f *refFS) list(dir string) ([]*fstypes.Stat, error) {
	if stats, ok := f.dirs[dir]; ok {
		return stats, nil
	}
	stats, err := f.ref.ReadDir(f.ctx, gwclient.ReadDirRequest{Path: path.Join("/", dir)})
	if err != nil {
		return nil, pathError("readdir", dir, err)
	}
	f.dirs[dir] = stats
	return stats, nil
}

// Stat is Lstat.
func (f *refFS) Stat(name string) (fs.FileInfo, error) { return f.Lstat(name) }

// ReadFile reads a file in pieces: one message of the gateway has a limit.
func (f *refFS) ReadFile(name string) ([]byte, error) {
	const piece = 4 << 20
	var all []byte
	for {
		data, err := f.ref.ReadFile(f.ctx, gwclient.ReadRequest{
			Filename: "/" + name,
			Range:    &gwclient.FileRange{Offset: len(all), Length: piece},
		})
		if err != nil {
			return nil, pathError("read", name, err)
		}
		all = append(all, data...)
		if len(data) < piece {
			return all, nil
		}
	}
}

// ReadDir lists a folder.
func (f *refFS) ReadDir(name string) ([]fs.DirEntry, error) {
	stats, err := f.list(name)
	if err != nil {
		return nil, err
	}
	var entries []fs.DirEntry
	for _, st := range stats {
		entries = append(entries, fs.FileInfoToDirEntry(fileInfo{st}))
	}
	return entries, nil
}

// ReadLink is the target of a symbolic link as written.
func (f *refFS) ReadLink(name string) (string, error) {
	st, err := f.lstat(name)
	if err != nil {
		return "", err
	}
	if fs.FileMode(st.Mode)&fs.ModeSymlink == 0 {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return st.Linkname, nil
}

// pathError tells "not there" from the rest: the gateway carries only text.
func pathError(op, name string, err error) error {
	for _, s := range []string{"no such file", "not found", "not a directory"} {
		if strings.Contains(err.Error(), s) {
			err = errors.Join(fs.ErrNotExist, err)
			break
		}
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

type openFile struct {
	*bytes.Reader
	info fs.FileInfo
}

var _ io.ReaderAt = (*openFile)(nil)

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

type fileInfo struct{ st *fstypes.Stat }

func (i fileInfo) Name() string       { return path.Base(i.st.Path) }
func (i fileInfo) Size() int64        { return i.st.Size }
func (i fileInfo) Mode() fs.FileMode  { return fs.FileMode(i.st.Mode) }
func (i fileInfo) ModTime() time.Time { return time.Unix(0, i.st.ModTime) }
func (i fileInfo) IsDir() bool        { return i.Mode().IsDir() }
func (i fileInfo) Sys() any           { return i.st }
