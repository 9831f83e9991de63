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
)

// maxUnpacked bounds what an sdist unpacks to: the largest known (with bundled
// sources of C++ projects) have some 2 GB.
const maxUnpacked = 16 << 30

// unpack extracts an sdist below dir and returns its only top folder, or dir where
// it has more than one entry, as Poetry does. What would leave dir is refused:
// writing goes through an [os.Root], and no link may lead out.
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
	if strings.HasSuffix(file, ".zip") {
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
	return top(dir)
}

func top(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	if len(entries) == 1 && entries[0].IsDir() {
		return filepath.Join(dir, entries[0].Name()), nil
	}
	return dir, nil
}

type unpacker struct {
	root *os.Root
	left int64
}

// decompressed tells the compression by the first bytes: names are not reliable.
func decompressed(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	magic, _ := b.Peek(3)
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		return gzip.NewReader(b)
	case bytes.HasPrefix(magic, []byte("BZh")):
		return bzip2.NewReader(b), nil
	case bytes.HasPrefix(magic, []byte{0xfd, '7', 'z'}), bytes.HasPrefix(magic, []byte{0x1f, 0x9d}):
		return nil, errors.New("its compression is not supported: gzip, bzip2 and zip are")
	}
	return b, nil
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

// local returns the clean relative path of a name, or an error if it leaves its folder.
func local(name string) (string, error) {
	clean := path.Clean(strings.TrimLeft(name, "/"))
	if strings.ContainsAny(name, "\x00\\") || !filepath.IsLocal(clean) {
		return "", errors.New("a path that leaves the archive")
	}
	return clean, nil
}
