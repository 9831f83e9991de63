package wheel

import (
	"archive/zip"
	"errors"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
)

// Limits against archives that unpack to more than anyone means to install.
const (
	// maxEntries bounds the files, and the folders: the largest wheels known have
	// some 40 000 files.
	maxEntries = 250_000
	// maxDirectory bounds the archive's list of entries, in bytes, which package zip
	// reads into memory whatever their number. Real ones have some 6 MiB.
	maxDirectory = 32 << 20
	// maxSize: the largest wheels (CUDA libraries) unpack to about 4 GiB.
	maxSize = 32 << 30
	// maxRatio: data tables in real wheels reach about 50; deflate itself stops at 1032.
	maxRatio = 200
	// ratioFree is how much may unpack whatever the ratio: tiny wheels of empty
	// or repetitive files are common.
	ratioFree = 256 << 20
	// maxMetadata bounds WHEEL and entry_points.txt, and maxRecord RECORD: they are
	// held in memory.
	maxMetadata = 1 << 20
	maxRecord   = 64 << 20
)

// archive is an opened wheel whose entries have all been checked.
type archive struct {
	file     *os.File
	members  []member // files, in the archive's order
	distInfo string
}

// member is one file of the archive.
type member struct {
	name string // as the archive has it
	path string // clean
	file *zip.File
}

// open reads the archive's directory and checks every entry before any is unpacked.
func open(file string, name fileName) (*archive, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	a := &archive{file: f}
	if err := a.check(name); err != nil {
		f.Close()
		return nil, err
	}
	return a, nil
}

func (a *archive) check(name fileName) error {
	info, err := a.file.Stat()
	if err != nil {
		return err
	}
	z, err := newReader(a.file, info.Size())
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
		return bad("not a zip archive: %v", err)
	}
	if err != nil {
		return err
	}
	if n := len(z.File); n > maxEntries {
		return bad("%d entries, more than %d", n, maxEntries)
	}
	if err := checkSizes(z.File, info.Size()); err != nil {
		return err
	}
	if err := checkHeaders(a.file, z.File, info.Size()); err != nil {
		return err
	}
	top, folders := map[string]bool{}, map[string]bool{}
	for _, f := range z.File {
		m, err := newMember(f)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(m.path, "/")
		top[first] = true
		if strings.HasSuffix(m.name, "/") {
			continue
		}
		a.members = append(a.members, m)
		for end := strings.LastIndexByte(m.path, '/'); end > 0 && !folders[m.path[:end]]; end = strings.LastIndexByte(m.path[:end], '/') {
			if folders[m.path[:end]] = true; len(folders) > maxEntries {
				return bad("more than %d folders", maxEntries)
			}
		}
	}
	a.distInfo, err = findDistInfo(top, name)
	return err
}

// newReader opens an archive whose list of entries is not longer than maxDirectory.
func newReader(file io.ReaderAt, size int64) (*zip.Reader, error) {
	list := &limited{ReaderAt: file, left: maxDirectory}
	z, err := zip.NewReader(list, size)
	if list.left < 0 {
		return nil, bad("the list of entries is longer than %d bytes", maxDirectory)
	}
	if err != nil {
		return nil, err
	}
	list.left = math.MaxInt64 // from here on, entries are read
	register(z)
	return z, nil
}

// limited fails when more than left bytes are read.
type limited struct {
	io.ReaderAt
	left int64
}

// ReadAt implements io.ReaderAt.
func (l *limited) ReadAt(b []byte, at int64) (int, error) {
	if l.left -= int64(len(b)); l.left < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	return l.ReaderAt.ReadAt(b, at)
}

// newMember checks one entry of the archive.
func newMember(f *zip.File) (member, error) {
	name := entryName(f)
	clean, err := memberPath(name)
	if err == nil {
		err = checkType(f)
	}
	return member{name, clean, f}, err
}

// checkSizes bounds what the archive unpacks to.
func checkSizes(files []*zip.File, packed int64) error {
	limit := min(uint64(maxSize), max(uint64(packed)*maxRatio, ratioFree))
	var size uint64
	for _, f := range files {
		// Compared one by one: a sum of hostile sizes may overflow.
		if f.UncompressedSize64 > limit || size+f.UncompressedSize64 > limit {
			return bad("unpacks to more than %d bytes", limit)
		}
		size += f.UncompressedSize64
	}
	return nil
}

// findDistInfo wants one top-level .dist-info, of this distribution.
func findDistInfo(top map[string]bool, name fileName) (string, error) {
	found := slices.DeleteFunc(slices.Sorted(maps.Keys(top)), func(s string) bool { return !strings.HasSuffix(s, ".dist-info") })
	switch len(found) {
	case 1:
	case 0:
		return "", bad("no .dist-info folder")
	default:
		return "", bad("more than one .dist-info folder: %s", firstFew(found))
	}
	if got := canonical(distInfoName(found[0])); got != canonical(name.distribution) {
		return "", bad("metadata of another package: %s", found[0])
	}
	return found[0], nil
}

// distInfoName returns the package's name from NAME-VERSION.dist-info.
func distInfoName(folder string) string {
	for range 2 { // once for "dist-info", once for the version
		if i := strings.LastIndex(folder, "-"); i >= 0 {
			folder = folder[:i]
		}
	}
	return folder
}

// metadata returns the text of a file in .dist-info, and whether it exists. If there
// are two, it is the last, as with Python's zipfile.
func (a *archive) metadata(name string, most int64) ([]byte, bool, error) {
	var found *member
	for i := range a.members {
		if a.members[i].path == a.distInfo+"/"+name {
			found = &a.members[i]
		}
	}
	if found == nil {
		return nil, false, nil
	}
	r, err := found.open()
	if err != nil {
		return nil, true, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(text)) > most {
		err = bad("%s is longer than %d bytes", name, most)
	}
	return text, true, err
}

// open unpacks one entry. Errors while reading are the wheel's fault.
func (m member) open() (io.ReadCloser, error) {
	r, err := m.file.Open()
	if err != nil {
		return nil, bad("entry %q: %v", m.path, err)
	}
	return entryReader{r, m.path}, nil
}

type entryReader struct {
	io.ReadCloser
	path string
}

func (r entryReader) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	if err != nil && err != io.EOF {
		if pathErr := (*os.PathError)(nil); !errors.As(err, &pathErr) {
			err = bad("entry %q: %v", r.path, err)
		}
	}
	return n, err
}
