// Package index asks package indexes (the simple API: PEP 691 JSON, PEP 503 HTML)
// where files are, and downloads them with verification. It runs inside builds.
package index

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/step"
)

// Pages and files that are asked for at once. Pages are small and wait for the
// server: HTTP/2 carries all of them. Files fill the line: more streams only
// share it.
const (
	parallelPages = 16
	parallelFiles = 8
)

// Locate finds the addresses of the step's files and writes Out/locations.json: on the
// first of its indexes that has them all.
// Errors: joined *step.Problem, sorted by package and file, and one for all where there
// are several indexes; nothing is written then.
func Locate(ctx context.Context, s step.Locate) error {
	return LocateWith(ctx, s, inStep())
}

// LocateWith is Locate in given surroundings.
func LocateWith(ctx context.Context, s step.Locate, o Options) error {
	var answer step.Locations
	var errs []error
	for i, index := range append([]step.Index{s.Index}, s.Else...) {
		found, err := locateOn(ctx, index, s.Files, o)
		if err == nil {
			answer, errs = found, nil
			answer.From = i
			break
		}
		errs = append(errs, err)
	}
	if len(errs) > 1 {
		return nowhere(errs)
	}
	if len(errs) > 0 {
		return errs[0]
	}
	data, err := json.MarshalIndent(answer, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.Out, 0o755); err != nil {
		return err
	}
	name := filepath.Join(s.Out, "locations.json")
	if err := os.WriteFile(name, append(data, '\n'), 0o644); err != nil {
		return err
	}
	return fix(name)
}

// nowhere is about files that none of several indexes gives: what each says.
func nowhere(errs []error) error {
	var said []string
	var p step.Problem
	for _, err := range errs {
		for _, p = range step.Problems(err) {
			said = append(said, p.Message)
		}
	}
	p.Message = "no index gives it: " + strings.Join(said, "; ")
	p.Hint = "Put the file on one of them, or let the builder reach one that has it."
	return &p
}

func locateOn(ctx context.Context, index step.Index, files []step.File, o Options) (step.Locations, error) {
	c, err := newClient(index, o)
	if err != nil {
		return step.Locations{}, err
	}
	found, err := c.locate(ctx, files)
	if err != nil {
		return step.Locations{}, err
	}
	only, err := c.probe(ctx, found)
	for i, l := range found {
		if u, err := url.Parse(l.URL); err != nil || address.IsSigned(u) { // the answer becomes part of the graph
			found[i].URL, only = "", true
		}
	}
	return step.Locations{Files: found, Step: only}, err
}

// locate answers from the cache, and asks one page for each package that is not
// there. The result is sorted by file name, whatever the order of the files.
func (c *client) locate(ctx context.Context, files []step.File) ([]step.Location, error) {
	files, err := sorted(files)
	if err != nil {
		return nil, err
	}
	found := []step.Location{}
	var unknown []step.File
	for _, f := range files {
		if l, ok := given(f); ok {
			found = append(found, l)
		} else if l, ok := c.remembered(f); ok {
			found = append(found, l)
		} else {
			unknown = append(unknown, f)
		}
	}
	asked, err := c.askAll(ctx, unknown)
	for _, l := range asked {
		c.remember(l)
	}
	if err != nil {
		return nil, err
	}
	found = append(found, asked...)
	slices.SortFunc(found, func(a, b step.Location) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256), cmp.Compare(a.Package, b.Package))
	})
	return found, nil
}

// given is the address of a file that the lock itself gives.
func given(f step.File) (step.Location, bool) {
	return step.Location{Package: f.Package, Name: f.Name, SHA256: f.SHA256, URL: f.URL}, f.URL != ""
}

// askAll asks for the files of each package on its own page; files are sorted by
// package. What was found comes back beside the errors.
func (c *client) askAll(ctx context.Context, files []step.File) ([]step.Location, error) {
	var packages [][]step.File
	for i, f := range files {
		if i == 0 || files[i-1].Package != f.Package {
			packages = append(packages, nil)
		}
		last := len(packages) - 1
		packages[last] = append(packages[last], f)
	}
	answers := make([][]step.Location, len(packages))
	errs := make([]error, len(packages))
	each(len(packages), parallelPages, func(i int) { answers[i], errs[i] = c.ask(ctx, packages[i]) })
	return slices.Concat(answers...), errors.Join(errs...)
}

// ask reads a package's page and finds its files there.
func (c *client) ask(ctx context.Context, files []step.File) ([]step.Location, error) {
	page, err := c.page(ctx, files[0].Package, func(name string) bool {
		return slices.ContainsFunc(files, func(f step.File) bool { return f.Name == name })
	})
	noPage := missing(err)
	if noPage {
		page, err = nil, nil // each file is reported as missing
	}
	if err != nil {
		return nil, err
	}
	var found []step.Location
	var errs []error
	for _, f := range files {
		l, err := match(page, f, c.index)
		if err != nil {
			errs = append(errs, err)
			var p *step.Problem
			if noPage && errors.As(err, &p) {
				p.Hint += c.closedHint()
			}
			continue
		}
		found = append(found, l)
	}
	return found, errors.Join(errs...)
}

// each calls do for 0 … n-1, some at a time.
func each(n, atOnce int, do func(int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	wg.Wait()
}
