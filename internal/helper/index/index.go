// Package index finds files on package indexes with the simple API (PEP 691 and PEP 503),
// downloads them and verifies them.
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

	"github.com/quatrain-build/quatrain/internal/crash"
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

// LocateWith runs Locate with the given options.
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

// nowhere returns the problem of files that several indexes lack, with what each index said.
func nowhere(errs []error) error {
	var said []string
	var p step.Problem
	for _, err := range errs {
		for _, p = range step.Problems(err) {
			said = append(said, p.Message)
		}
	}
	p.Message = "not found on any index: " + strings.Join(said, "; ")
	p.Hint = "Upload the file to one of them, or give the builder access to one that has it."
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
	only, errProbe := c.probe(ctx, found)
	if errProbe != nil && found[0].remembered { // what earlier builds were told may be old
		c.distrust = true
		again, err := c.locate(ctx, files)
		if err == nil {
			found = again
			only, errProbe = c.probe(ctx, found)
		} else if missing(err) || ctx.Err() != nil {
			return step.Locations{}, err
		}
	}
	if k := step.KindOf(errProbe); k == step.Unauthorized || k == step.Untrusted {
		return step.Locations{}, errProbe
	}
	// What else is wrong the download says, of the file that it is about.
	answer := step.Locations{Files: []step.Location{}, Step: only}
	for _, a := range found {
		if u, err := url.Parse(a.URL); err != nil || u.RawQuery != "" && a.URL != c.index.URL { // likely signed, and the answer becomes part of the graph
			a.URL, answer.Step = "", true
		}
		answer.Files = append(answer.Files, a.Location)
	}
	return answer, nil
}

// locate answers from what earlier builds were told, and asks one page for each package of
// which that is not enough. The result is sorted by file name, whatever the order of the files.
func (c *client) locate(ctx context.Context, files []step.File) ([]answer, error) {
	files, err := sorted(files)
	if err != nil {
		return nil, err
	}
	var found []answer
	var open []question
	for _, f := range files {
		if f.URL != "" { // the lock itself gives it
			found = append(found, answer{Location: step.Location{Package: f.Package, Name: f.Name, SHA256: f.SHA256, URL: f.URL}})
			continue
		}
		q := c.newQuestion(f)
		if a, ok := choose(q.known, c.index.Name); ok && !slices.ContainsFunc(q.known, c.isStale) {
			found = append(found, a)
		} else {
			open = append(open, q)
		}
	}
	asked, err := c.askAll(ctx, open)
	if err != nil {
		return nil, err
	}
	found = append(found, asked...)
	slices.SortFunc(found, func(a, b answer) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256), cmp.Compare(a.Package, b.Package))
	})
	return found, nil
}

// askAll asks the questions of each package on its own page, or all on the only page;
// they are sorted by package. What was found comes back beside the errors.
func (c *client) askAll(ctx context.Context, questions []question) ([]answer, error) {
	var pages [][]question
	for i, q := range questions {
		if i == 0 || !c.isSinglePage() && questions[i-1].files[0].Package != q.files[0].Package {
			pages = append(pages, nil)
		}
		last := len(pages) - 1
		pages[last] = append(pages[last], q)
	}
	answers := make([][]answer, len(pages))
	errs := each(len(pages), parallelPages, func(i int) (err error) {
		answers[i], err = c.ask(ctx, pages[i])
		return err
	})
	return slices.Concat(answers...), errors.Join(errs...)
}

// ask answers questions whose files are on one page.
func (c *client) ask(ctx context.Context, questions []question) ([]answer, error) {
	old := c.fromMemory(questions)
	wants := map[string]bool{}
	for _, q := range questions {
		for _, f := range q.files {
			wants[f.Name], wants[f.SHA256] = true, true
		}
	}
	p, err := c.page(ctx, pageQuestion{
		name: questions[0].files[0].Package, etag: commonETag(questions, old), hurry: old != nil,
		isWanted: func(name, sum string) bool { return wants[name] || wants[sum] },
		isComplete: func(p page) bool {
			return !slices.ContainsFunc(questions, func(q question) bool { return match(p, q.files[0]).Gone != "" })
		},
	})
	switch {
	case err == nil && p.unchanged:
		for _, q := range questions {
			for _, a := range q.known {
				c.remember(a)
			}
		}
		return old, nil
	case missing(err):
		p = page{} // each file is reported as missing
	case err != nil && old != nil && ctx.Err() == nil:
		return old, nil // the index cannot say: what it said before stays
	case err != nil:
		return nil, err
	}
	return c.answerAll(questions, p)
}

// answerAll answers questions from a page, and remembers what it says of each file.
func (c *client) answerAll(questions []question, p page) ([]answer, error) {
	var found []answer
	var errs []error
	for _, q := range questions {
		answers := make([]answer, len(q.files))
		for i, f := range q.files {
			answers[i] = match(p, f)
			c.remember(answers[i])
		}
		if a, ok := choose(answers, c.index.Name); ok {
			found = append(found, a)
		} else {
			errs = append(errs, c.none(q, answers, p))
		}
	}
	return found, errors.Join(errs...)
}

// fromMemory answers questions from what earlier builds were told, however old that is; nil
// if it does not answer all of them.
func (c *client) fromMemory(questions []question) []answer {
	var all []answer
	for _, q := range questions {
		a, ok := choose(q.known, c.index.Name)
		if !ok {
			return nil
		}
		all = append(all, a)
	}
	return all
}

// commonETag returns the ETag of the page from which all answers are, "" if they are of
// several, or if they are not enough.
func commonETag(questions []question, old []answer) string {
	if old == nil {
		return ""
	}
	etag := questions[0].known[0].ETag
	for _, q := range questions {
		if slices.ContainsFunc(q.known, func(a answer) bool { return a.ETag != etag }) {
			return ""
		}
	}
	return etag
}

// each calls do for 0 … n-1, some at a time, and returns their errors.
func each(n, atOnce int, do func(int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			defer crash.Recover(&errs[i])
			errs[i] = do(i)
		})
	}
	wg.Wait()
	return errs
}
