package pep517

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/ulikunitz/xz"
)

// maxUnpacked bounds what an sdist unpacks to: the largest known (with bundled
// sources of C++ projects) have some 2 GB.
const maxUnpacked = 16 << 30

// unpack extracts an sdist below dir and returns the folder to build in, as Poetry has it
// (see top). What kind of archive it is its content says: a url dependency may have any
// name. What would leave dir is refused: writing goes through an [os.Root], and no link may
// lead out.
func unpack(file, dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	u := &unpacker{root: root, left: maxUnpacked}
	if isZip(f) {
		err = u.zip(f)
	} else {
		err = u.tar(f)
	}
	if err == nil {
		err = checkLinks(root)
	}
	if err != nil {
		return "", fmt.Errorf("unpacking %s: %w", filepath.Base(file), err)
	}
	return top(dir, filepath.Base(file))
}

// top returns the only folder of an archive, or beside other things the one that is called
// as the archive is, else dir (poetry/installation/chef.py, _prepare_sdist).
func top(dir, archive string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	if len(entries) == 1 && entries[0].IsDir() {
		return filepath.Join(dir, entries[0].Name()), nil
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() == stem(archive) {
			return filepath.Join(dir, e.Name()), nil
		}
	}
	return dir, nil
}

// stem returns an archive's name without its ending (poetry/core/packages/utils/utils.py,
// splitext).
func stem(archive string) string {
	base := strings.TrimSuffix(archive, path.Ext(archive))
	if base == "" {
		return archive
	}
	if strings.HasSuffix(strings.ToLower(base), ".tar") {
		base = base[:len(base)-len(".tar")]
	}
	return base
}

// isZip reports whether a file begins as a zip archive does, or is called one and begins as
// nothing else that is known.
func isZip(f *os.File) bool {
	start := make([]byte, 512)
	n, _ := f.ReadAt(start, 0)
	start = start[:n]
	if bytes.HasPrefix(start, []byte("PK\x03\x04")) || bytes.HasPrefix(start, []byte("PK\x05\x06")) {
		return true
	}
	isTar := compressionOf(start) != "" || len(start) > 262 && string(start[257:262]) == "ustar"
	return strings.HasSuffix(f.Name(), ".zip") && !isTar
}

type unpacker struct {
	root *os.Root
	left int64
}

// compressions are known by the first bytes: names are not reliable.
var compressions = map[string]string{
	"gzip": "\x1f\x8b", "bzip2": "BZh", "xz": "\xfd7zXZ\x00",
	"compress": "\x1f\x9d", "zstd": "\x28\xb5\x2f\xfd",
}

// compressionOf returns the compression of what begins so, "" for none.
func compressionOf(start []byte) string {
	for name, magic := range compressions {
		if bytes.HasPrefix(start, []byte(magic)) {
			return name
		}
	}
	return ""
}

func decompressed(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	start, _ := b.Peek(6)
	switch kind := compressionOf(start); kind {
	case "":
		return b, nil
	case "gzip":
		return gzip.NewReader(b)
	case "bzip2":
		return bzip2.NewReader(b), nil
	case "xz":
		return xz.NewReader(b)
	default:
		return nil, fmt.Errorf("unsupported compression %s: use gzip, bzip2, xz or zip", kind)
	}
}

func (u *unpacker) tar(r io.Reader) error {
	plain, err := decompressed(r)
	if err != nil {
		return err
	}
	t := tar.NewReader(plain)
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := u.entry(h, t); err != nil {
			return fmt.Errorf("%q: %w", h.Name, err)
		}
	}
}

// entry follows the "data" filter of Python's tarfile (PEP 706), but for symbolic links:
// where one leads depends on entries that may come later. checkLinks looks at the end.
func (u *unpacker) entry(h *tar.Header, r io.Reader) error {
	name, err := local(h.Name)
	if err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeDir:
		return u.root.MkdirAll(name, 0o755)
	case tar.TypeReg:
		return u.file(name, r, h.Mode&0o111 != 0)
	case tar.TypeSymlink:
		return u.link(name, func() error { return u.root.Symlink(h.Linkname, name) })
	case tar.TypeLink:
		target, err := local(h.Linkname)
		if err != nil {
			return err
		}
		return u.link(name, func() error { return u.root.Link(target, name) })
	case tar.TypeXGlobalHeader:
		return nil
	}
	return errors.New("neither a file, a folder nor a link")
}

func (u *unpacker) link(name string, make func() error) error {
	if err := u.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	if err := u.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return make()
}

func (u *unpacker) zip(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return err
	}
	for _, e := range z.File {
		if err := u.zipEntry(e); err != nil {
			return fmt.Errorf("%q: %w", e.Name, err)
		}
	}
	return nil
}

func (u *unpacker) zipEntry(e *zip.File) error {
	name, err := local(e.Name)
	if err != nil {
		return err
	}
	switch mode := e.Mode(); {
	case mode.IsDir():
		return u.root.MkdirAll(name, 0o755)
	case !mode.IsRegular():
		return errors.New("neither a file nor a folder")
	}
	r, err := e.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return u.file(name, r, e.Mode()&0o111 != 0)
}

func (u *unpacker) file(name string, r io.Reader, exec bool) error {
	mode := fs.FileMode(0o644)
	if exec {
		mode = 0o755
	}
	if err := u.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	// A link that an earlier entry left must not be written through.
	if err := u.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := u.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(r, u.left+1))
	if u.left -= n; u.left < 0 {
		err = fmt.Errorf("the archive unpacks to more than %d bytes", int64(maxUnpacked))
	}
	return errors.Join(err, f.Close())
}

// local reports whether path is clean, relative and stays inside its folder.
func local(name string) (string, error) {
	clean := path.Clean(strings.TrimLeft(name, "/"))
	if strings.ContainsAny(name, "\x00\\") || !filepath.IsLocal(clean) {
		return "", errors.New("a path that leaves the archive")
	}
	return clean, nil
}
