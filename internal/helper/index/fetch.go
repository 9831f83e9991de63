package index

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/quatrain-build/quatrain/internal/step"
)

// maxFile bounds a download. The largest wheels known (CUDA libraries) have some
// 3 GB; a server that never stops must not fill the builder's disk.
const maxFile = 16 << 30

// fileTime is the time of every file: layers and keys must not depend on the clock.
var fileTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Fetch downloads the step's files to Out/<sha256>/<name>, verified.
// Errors: joined *step.Problem; those of the index sorted by package and file,
// else those of the downloads sorted by file. A file that fails is not written.
func Fetch(ctx context.Context, s step.Fetch) error {
	return FetchWith(ctx, s, inStep())
}

// FetchWith runs Fetch with the given options.
func FetchWith(ctx context.Context, s step.Fetch, o Options) error {
	o.Fresh = 0 // a hash is known: an address is good while it gives the file
	c, err := newClient(s.Index, o)
	if err != nil {
		return err
	}
	found, err := c.locate(ctx, s.Files)
	if err != nil {
		return err
	}
	return errors.Join(each(len(found), parallelFiles, func(i int) error { return c.fetch(ctx, found[i], s.Out) })...)
}

// fetch downloads one file. An address that an earlier build was told is tried once: if it
// fails, for whatever reason, it is forgotten, and the index is asked where the file is.
func (c *client) fetch(ctx context.Context, a answer, out string) error {
	if !a.remembered {
		return c.download(ctx, a, out, c.o.Tries)
	}
	err := c.download(ctx, a, out, 1)
	if err == nil || ctx.Err() != nil || isLocal(err) {
		return err
	}
	c.forget(a.file())
	again, err := c.ask(ctx, []question{{files: []step.File{a.file()}}})
	if err == nil {
		return c.download(ctx, again[0], out, c.o.Tries)
	}
	if missing(err) || ctx.Err() != nil {
		return err
	}
	// The index cannot say: the address is as good as ever.
	if err := c.download(ctx, a, out, c.o.Tries); err != nil {
		return err
	}
	c.remember(a)
	return nil
}

func (c *client) download(ctx context.Context, a answer, out string, tries int) error {
	dir := filepath.Join(out, a.SHA256)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := c.transfer(ctx, a, filepath.Join(dir, a.Name), tries); err != nil {
		os.Remove(dir) // empty, unless another file has these bytes
		return about(err, a.Location)
	}
	return fix(dir)
}

// transfer downloads one file to a name, verified as far as its hash is known.
func (c *client) transfer(ctx context.Context, a answer, name string, tries int) error {
	sum := ""
	return c.get(ctx, request{address: a.URL, identity: true, tries: tries}, func(resp *http.Response) error {
		err := save(resp, name, a)
		var other *otherBytes
		if errors.As(err, &other) {
			if other.sum == sum { // twice the same: that is what the server has
				return other.problem(a)
			}
			sum = other.sum
			return other.transient(a)
		}
		return err
	})
}

// save writes and verifies one file: it is there whole and right, or not at all.
func save(resp *http.Response, name string, a answer) error {
	f, err := newPart(name)
	if err != nil {
		return err
	}
	defer f.drop()
	if err := f.fill(resp.Body, a); err != nil {
		return err
	}
	if plain := f.decoded(resp, name, a); plain != nil {
		defer plain.drop()
		f = plain
	}
	if err := f.verify(resp, a); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil { // whatever the umask
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return fix(name)
}

// part is a file that is on its way.
type part struct {
	*os.File
	size int64
	sum  string // SHA-256 of what is there
}

func newPart(name string) (*part, error) {
	f, err := os.OpenFile(name+".part", os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o644)
	return &part{File: f}, err
}

func (f *part) drop() {
	f.Close()
	os.Remove(f.Name())
}

// fill writes what comes, within the bounds of a file.
func (f *part) fill(from io.Reader, a answer) error {
	limit := int64(maxFile)
	if isMetadata(a.Name) {
		limit = maxPage
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(from, limit+1))
	if err != nil {
		return err
	}
	if n > limit {
		return &step.Problem{Kind: step.Failed, Message: fmt.Sprintf("%s is larger than %d bytes", a.Name, limit), Hint: "Check that it is the locked file."}
	}
	f.size, f.sum = n, hex.EncodeToString(h.Sum(nil))
	return nil
}

// decoded returns the file that a server or proxy has compressed on its way, although it
// was asked not to, or the page in its place. Most that call an answer compressed mean the
// archive itself: nil then.
func (f *part) decoded(resp *http.Response, name string, a answer) *part {
	if f.sum == a.SHA256 || !strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		return nil
	}
	z, err := gzip.NewReader(io.NewSectionReader(f, 0, f.size))
	if err != nil {
		return nil
	}
	plain, err := newPart(name + ".plain")
	if err != nil {
		return nil
	}
	if plain.fill(z, a) == nil && (plain.sum == a.SHA256 || plain.begins(magics(a.Name)) || plain.isWebPage("", a.Name)) {
		return plain
	}
	plain.drop()
	return nil
}

// verify holds what came against the hash, or where there is none, looks whether it is
// whole.
func (f *part) verify(resp *http.Response, a answer) error {
	switch a.SHA256 {
	case f.sum:
		return nil
	case "":
		return f.notWhole(resp, a)
	}
	return f.notTheFile(resp, a)
}

func fix(name string) error { return os.Chtimes(name, fileTime, fileTime) }
