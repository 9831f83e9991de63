package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/quatrain-build/quatrain/internal/step"
)

// fileTime is the time of every file: layers and keys must not depend on the clock.
var fileTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Fetch downloads the step's files to Out/<sha256>/<name>, verified.
// Errors: joined *step.Problem, in the order of the files.
func Fetch(ctx context.Context, s step.Fetch) error {
	c, err := newClient(s.Index, s.Report != "")
	if err != nil {
		return err
	}
	found, err := c.locate(ctx, s.Files)
	if err != nil {
		return err
	}
	errs := make([]error, len(found))
	each(len(found), parallelFiles, func(i int) { errs[i] = c.download(ctx, found[i], s.Out) })
	return errors.Join(errs...)
}

func (c *client) download(ctx context.Context, l step.Location, out string) error {
	resp, err := c.get(ctx, l.URL, "*/*")
	if err != nil {
		return about(err, l.Package)
	}
	defer resp.Body.Close()
	name := filepath.Join(out, l.SHA256, filepath.Base(l.Name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, errCopy := io.Copy(io.MultiWriter(f, h), resp.Body)
	errClose := f.Close()
	if errCopy != nil {
		return &step.Problem{Kind: step.Unreachable, Package: l.Package, File: l.Name,
			Message: fmt.Sprintf("the download of %s broke off: %v", l.Name, errCopy), Hint: "Try again."}
	}
	if errClose != nil {
		return errClose
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != l.SHA256 {
		return &step.Problem{
			Kind: step.HashMismatch, Package: l.Package, File: l.Name,
			Message: fmt.Sprintf("the downloaded %s has the hash sha256:%s, the lock says sha256:%s", l.Name, got, l.SHA256),
			Hint:    "The file is not the one that was locked. If you trust the index, run `poetry lock`.",
		}
	}
	return os.Chtimes(name, fileTime, fileTime)
}
