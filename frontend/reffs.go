package frontend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sync"
	"time"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/quatrain-build/quatrain/internal/base"
)

// refFS reads a build result as a file system. Stat does not follow symbolic links; reading
// and opening follow them inside the tree.
//
// The gateway's errors are only text, and the text of a broken connection can be anything.
// So a file is absent if the listing of its folder says so, never because of an error:
// whoever gets fs.ErrNotExist can rely on it.
type refFS struct {
	ctx context.Context
	ref gwclient.Reference

	mu      sync.Mutex
	dirs    map[string][]*fstypes.Stat // listings that were asked for
	failure *fs.PathError
}

// Limits of what is read. A message of the gateway has 16 MiB.
const (
	maxFile  = 16 << 20
	maxPiece = 4 << 20
)

func newRefFS(ctx context.Context, ref gwclient.Reference) *refFS {
	return &refFS{ctx: ctx, ref: ref, dirs: map[string][]*fstypes.Stat{}}
}

var _ interface {
	fs.ReadDirFS
	fs.ReadFileFS
} = (*refFS)(nil)

// Open reads a whole file, or opens a folder. Links are followed.
func (f *refFS) Open(name string) (fs.File, error) {
	resolved, err := base.Resolve(f, name)
	if err != nil {
		return nil, err
	}
	info, err := f.Lstat(resolved)
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

// Lstat returns the file's own description. The gateway's StatFile follows links, so the
// listing of the folder is asked for, once.
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

// list returns the entries of a folder. It asks for each folder once.
func (f *refFS) list(dir string) ([]*fstypes.Stat, error) {
	if stats, ok := f.listed(dir); ok {
		return stats, nil
	}
	if dir != "." {
		resolved, err := base.Resolve(f, dir)
		if err != nil {
			return nil, err
		}
		st, err := f.lstat(resolved)
		if err != nil {
			return nil, err
		}
		if !fs.FileMode(st.Mode).IsDir() {
			return nil, &fs.PathError{Op: "readdir", Path: dir, Err: fs.ErrNotExist} // nothing is below a file
		}
	}
	stats, err := f.ref.ReadDir(f.ctx, gwclient.ReadDirRequest{Path: path.Join("/", dir)})
	if err != nil {
		return nil, f.fail("readdir", dir, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dirs[dir] = stats
	return stats, nil
}

func (f *refFS) listed(dir string) (stats []*fstypes.Stat, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	stats, ok = f.dirs[dir]
	return stats, ok
}

// fail notes that the gateway could not answer. Its error is never fs.ErrNotExist, not even
// that of a client without a daemon.
func (f *refFS) fail(op, name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New(err.Error())
	}
	failure := &fs.PathError{Op: op, Path: name, Err: err}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failure == nil {
		f.failure = failure
	}
	return failure
}

// failed returns the first failure, for those who let somebody read who takes what cannot
// be read for something that is not there.
func (f *refFS) failed() *fs.PathError {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failure
}

// Stat does what Lstat does.
func (f *refFS) Stat(name string) (fs.FileInfo, error) { return f.Lstat(name) }

// ReadFile reads a file.
func (f *refFS) ReadFile(name string) ([]byte, error) {
	resolved, err := base.Resolve(f, name)
	if err != nil {
		return nil, err
	}
	st, err := f.lstat(resolved)
	if err != nil {
		return nil, err
	}
	if fs.FileMode(st.Mode).IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is a folder")}
	}
	var all []byte
	for {
		data, err := f.ref.ReadFile(f.ctx, gwclient.ReadRequest{
			Filename: "/" + name,
			Range:    &gwclient.FileRange{Offset: len(all), Length: maxPiece},
		})
		if err != nil {
			return nil, f.fail("read", name, err)
		}
		all = append(all, data...)
		if len(all) > maxFile {
			return nil, f.fail("read", name, errTooLarge)
		}
		if len(data) < maxPiece {
			return all, nil
		}
	}
}

// ReadStart reads the start of a file, at most n bytes, for those who can do without: what
// fails is not noted.
func (f *refFS) ReadStart(name string, n int) ([]byte, error) {
	resolved, err := base.Resolve(f, name)
	if err != nil {
		return nil, err
	}
	if st, err := f.lstat(resolved); err != nil || !fs.FileMode(st.Mode).IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return f.ref.ReadFile(f.ctx, gwclient.ReadRequest{Filename: "/" + resolved, Range: &gwclient.FileRange{Length: n}})
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

// ReadLink returns the target of a symbolic link as written.
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

// errTooLarge says that a file is above the limit.
var errTooLarge = fmt.Errorf("the file is larger than %d MiB, the limit", maxFile>>20)

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
