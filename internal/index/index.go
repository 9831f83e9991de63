// Package index asks package indexes (the simple API: PEP 691 JSON, PEP 503 HTML)
// where files are, and downloads them with verification. It runs inside builds.
package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"sync"

	"github.com/quatrain-build/quatrain/internal/step"
)

// Pages and files that are asked for at once.
const (
	parallelPages = 16
	parallelFiles = 8
)

// Locate finds the addresses of the step's files and writes Out/locations.json.
// Errors: joined *step.Problem, in the order of the files.
func Locate(ctx context.Context, s step.Locate) error {
	c, err := newClient(s.Index, s.Report != "")
	if err != nil {
		return err
	}
	found, err := c.locate(ctx, s.Files)
	if err != nil {
		return err
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Name < found[j].Name })
	data, err := json.MarshalIndent(step.Locations{Files: found}, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.Out, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.Out, "locations.json"), append(data, '\n'), 0o644)
}

// locate answers from the cache, and asks one page for each package that is not there.
func (c *client) locate(ctx context.Context, files []step.File) ([]step.Location, error) {
	var found []step.Location
	unknown := map[string][]step.File{}
	var names []string
	for _, f := range files {
		if l, ok := c.remembered(f); ok {
			found = append(found, l)
			continue
		}
		if unknown[f.Package] == nil {
			names = append(names, f.Package)
		}
		unknown[f.Package] = append(unknown[f.Package], f)
	}
	answers := make([][]step.Location, len(names))
	errs := make([]error, len(names))
	each(len(names), parallelPages, func(i int) {
		answers[i], errs[i] = c.ask(ctx, names[i], unknown[names[i]])
	})
	for _, a := range answers {
		for _, l := range a {
			c.remember(l)
			found = append(found, l)
		}
	}
	return found, errors.Join(errs...)
}

// each calls do for 0 … n-1, some at a time.
func each(n, atOnce int, do func(int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range n {
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer wg.Done()
			defer func() { <-slots }()
			do(i)
		}()
	}
	wg.Wait()
}

// ask reads a package's page and finds its files there.
func (c *client) ask(ctx context.Context, name string, files []step.File) ([]step.Location, error) {
	page, err := c.page(ctx, name)
	if err != nil {
		return nil, err
	}
	var found []step.Location
	var errs []error
	for _, f := range files {
		l, err := match(page, f, c.index)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		found = append(found, l)
	}
	return found, errors.Join(errs...)
}

// match finds a locked file on a page, by name and hash. An index without a hash is
// believed here: the download is verified against the lock in any case.
func match(page []link, f step.File, index step.Index) (step.Location, error) {
	for _, l := range page {
		if l.name != f.Name {
			continue
		}
		if l.sha256 != "" && l.sha256 != f.SHA256 {
			return step.Location{}, &step.Problem{
				Kind: step.HashMismatch, Package: f.Package, File: f.Name,
				Message: fmt.Sprintf("%s on %s has the hash sha256:%s, the lock says sha256:%s", f.Name, index.Name, l.sha256, f.SHA256),
				Hint:    "The index has another file under this name than when the lock was written. If you trust it, run `poetry lock`.",
			}
		}
		return step.Location{Package: f.Package, Name: f.Name, SHA256: f.SHA256, URL: l.url, Size: l.size, Yanked: l.yanked}, nil
	}
	return step.Location{}, &step.Problem{
		Kind: step.NotFound, Package: f.Package, File: f.Name,
		Message: fmt.Sprintf("%s is not on %s (%s)", f.Name, index.Name, redact(index.URL)),
		Hint:    fmt.Sprintf("The index does not have the locked file of %s any more, or the lock belongs to another index: run `poetry lock`.", f.Package),
	}
}
