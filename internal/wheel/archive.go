package wheel

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Limits against archives that unpack to more than anyone means to install.
const (
	// maxEntries: the largest wheels known have some 40 000 files.
	maxEntries = 250_000
	// maxSize: the largest wheels (CUDA libraries) unpack to about 4 GiB.
	maxSize = 32 << 30
	// maxRatio: data tables in real wheels reach about 50; deflate itself stops at 1032.
	maxRatio = 200
	// ratioFree is how much may unpack whatever the ratio: tiny wheels of empty
	// or repetitive files are common.
	ratioFree = 256 << 20
	// maxMetadata bounds WHEEL, RECORD and entry_points.txt, which are held in memory.
	maxMetadata = 64 << 20
)

// archive is an opened wheel whose entries have all been checked.
type archive struct {
	zip      *zip.ReadCloser
	members  []member // files, in the archive's order
	distInfo string
}

// member is one file of the archive.
type member struct {
	path string // clean
	file *zip.File
}

// open reads the archive's directory and checks every entry before any is unpacked.
func open(file string, name fileName) (*archive, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, bad("not a zip archive: %v", err)
		}
		return nil, err
	}
	a := &archive{zip: z}
	if err := a.check(info.Size(), name); err != nil {
		z.Close()
		return nil, err
	}
	return a, nil
}

func (a *archive) check(packed int64, name fileName) error {
	if n := len(a.zip.File); n > maxEntries {
		return bad("%d entries, more than %d", n, maxEntries)
	}
	limit := min(uint64(maxSize), max(uint64(packed)*maxRatio, ratioFree))
	var size uint64
	for _, f := range a.zip.File {
		p, err := memberPath(f.Name)
		if err != nil {
			return err
		}
		if err := checkType(f); err != nil {
			return err
		}
		// Compared one by one: a sum of hostile sizes may overflow.
		if f.UncompressedSize64 > limit || size+f.UncompressedSize64 > limit {
			return bad("unpacks to more than %d bytes", limit)
		}
		size += f.UncompressedSize64
		if !strings.HasSuffix(f.Name, "/") {
			a.members = append(a.members, member{p, f})
		}
	}
	var err error
	a.distInfo, err = findDistInfo(a.members, name)
	return err
}

// findDistInfo wants one top-level .dist-info folder, of this distribution.
func findDistInfo(members []member, name fileName) (string, error) {
	var found []string
	for _, m := range members {
		top, _, nested := strings.Cut(m.path, "/")
		if nested && strings.HasSuffix(top, ".dist-info") && !slices.Contains(found, top) {
			found = append(found, top)
		}
	}
	slices.Sort(found)
	switch len(found) {
	case 1:
	case 0:
		return "", bad("no .dist-info folder")
	default:
		return "", bad("more than one .dist-info folder: %s", strings.Join(found, ", "))
	}
	if got := canonical(distInfoName(found[0])); got != canonical(name.distribution) {
		return "", bad("its metadata are those of another package: %s", found[0])
	}
	return found[0], nil
}

// distInfoName is the name in NAME-VERSION.dist-info.
func distInfoName(folder string) string {
	for range 2 { // once for "dist-info", once for the version
		if i := strings.LastIndex(folder, "-"); i >= 0 {
			folder = folder[:i]
		}
	}
	return folder
}

// metadata is the text of a file in .dist-info, and whether it exists.
func (a *archive) metadata(name string) ([]byte, bool, error) {
	i := slices.IndexFunc(a.members, func(m member) bool { return m.path == a.distInfo+"/"+name })
	if i < 0 {
		return nil, false, nil
	}
	r, err := a.members[i].open()
	if err != nil {
		return nil, true, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxMetadata+1))
	if err == nil && len(text) > maxMetadata {
		err = bad("%s is longer than %d bytes", name, maxMetadata)
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

// named adds to a problem whose wheel it is; other errors become problems of
// kind [step.Failed], so that they name the wheel too.
func named(err error, file string) error {
	base := filepath.Base(file)
	var p *step.Problem
	if !errors.As(err, &p) {
		p = &step.Problem{Kind: step.Failed, Message: err.Error()}
	}
	q := *p
	q.Package, q.File = packageOf(base), base
	if q.Kind == step.BadWheel && q.Hint == "" {
		q.Hint = "the file is as the lock names it, so the release itself is at fault: choose another version"
	}
	return &q
}
