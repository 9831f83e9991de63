package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
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

// FetchWith is Fetch in given surroundings.
func FetchWith(ctx context.Context, s step.Fetch, o Options) error {
	c, err := newClient(s.Index, o)
	if err != nil {
		return err
	}
	found, err := c.locate(ctx, s.Files)
	if err != nil {
		return err
	}
	errs := make([]error, len(found))
	each(len(found), parallelFiles, func(i int) { errs[i] = c.fetch(ctx, found[i], s.Out) })
	return errors.Join(errs...)
}

// fetch downloads one file. A remembered address may have moved since: when it
// fails, the index is asked anew, once.
func (c *client) fetch(ctx context.Context, l step.Location, out string) error {
	err := c.download(ctx, l, out)
	if !missing(err) && !unauthorized(err) {
		return err
	}
	f := step.File{Package: l.Package, Name: l.Name, SHA256: l.SHA256}
	if _, ok := c.remembered(f); !ok {
		return err
	}
	c.forget(l)
	again, errAsk := c.ask(ctx, []step.File{f})
	if errAsk != nil {
		return errAsk
	}
	c.remember(again[0])
	if again[0].URL == l.URL {
		return err
	}
	return c.download(ctx, again[0], out)
}

func (c *client) download(ctx context.Context, l step.Location, out string) error {
	dir := filepath.Join(out, l.SHA256)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	err := c.get(ctx, request{address: l.URL, identity: true}, func(resp *http.Response) error {
		return save(resp.Body, filepath.Join(dir, l.Name), l)
	})
	if err != nil {
		os.Remove(dir) // empty, unless another file has these bytes
		return about(err, l)
	}
	return fix(dir)
}

// save writes and verifies one file: it is there whole and right, or not at all.
func save(body io.Reader, name string, l step.Location) error {
	tmp := name + ".part"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	h := sha256.New()
	n, errCopy := io.Copy(io.MultiWriter(f, h), io.LimitReader(body, maxFile+1))
	if err := errors.Join(errCopy, f.Close()); err != nil {
		return err
	}
	if n > maxFile {
		return &step.Problem{Kind: step.Failed, Message: fmt.Sprintf("%s is larger than %d bytes", l.Name, int64(maxFile))}
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != l.SHA256 {
		return &step.Problem{
			Kind:    step.HashMismatch,
			Message: fmt.Sprintf("the downloaded %s has the hash sha256:%s, the lock says sha256:%s", l.Name, got, l.SHA256),
			Hint:    "The file is not the one that was locked. If you trust the index, run `poetry lock`.",
		}
	}
	if err := os.Chmod(tmp, 0o644); err != nil { // whatever the umask
		return err
	}
	if err := os.Rename(tmp, name); err != nil {
		return err
	}
	return fix(name)
}

func fix(name string) error { return os.Chtimes(name, fileTime, fileTime) }
