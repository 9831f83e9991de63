package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/step"
)

// client talks to one index.
type client struct {
	index    step.Index
	root     *url.URL   // without login
	others   []*url.URL // the project's other sources
	login    login
	http     *http.Client
	anew     *http.Client // each request on a connection of its own
	answers  string       // folder of remembered answers, "" for none
	distrust bool         // they are not to be believed
	o        Options
}

func newClient(index step.Index, o Options) (*client, error) {
	root, err := url.Parse(index.URL)
	if err != nil || !address.IsHTTP(root) {
		return nil, &step.Problem{Kind: step.Failed,
			Message: fmt.Sprintf("%s: the address is not an http or https URL", index.Name),
			Hint:    "Correct the `url` of the source in pyproject.toml."}
	}
	login, err := newLogin(index, root.User, o.Getenv)
	if err != nil {
		return nil, err
	}
	root.User, root.Fragment = nil, ""
	if !singlePage.MatchString(index.URL) {
		root.RawQuery = ""
	}
	if _, ok := login.netrc.of(root.Hostname()); ok && login.from == "" {
		login.from = "the secret netrc"
	}
	c := &client{index: index, root: root, login: login, o: o}
	for text := range strings.FieldsSeq(index.Others) {
		if other, err := url.Parse(text); err == nil {
			c.others = append(c.others, other)
		}
	}
	first, further := o.Transport, o.Transport
	if o.Transport == nil {
		if first, further, err = c.transports(); err != nil {
			return nil, err
		}
	}
	c.http = &http.Client{Transport: first, CheckRedirect: c.redirect}
	c.anew = &http.Client{Transport: further, CheckRedirect: c.redirect}
	if info, err := os.Stat(o.Answers); o.Answers != "" && err == nil && info.IsDir() {
		c.answers = o.Answers
	}
	return c, nil
}

// request is what to ask for.
type request struct {
	address  string
	accept   string
	identity bool          // the bytes as they are: some servers wrongly declare .tar.gz to be an encoding
	etag     string        // of the answer that is known, which need not come again: 304 is a success then
	timeout  time.Duration // of one try, 0 for none
	tries    int           // 0: as many as the client has
}

// transient is what was wrong with an answer that may be right at the next try.
type transient struct {
	message string // follows the address that was asked
	hint    string
	kind    step.Kind // [step.Unreachable] by default
	last    bool      // at the last try the answer is good enough
}

func (t *transient) Error() string { return t.message }

// get asks, with several tries, and hands the answer of a success to read, whose
// errors count as a broken connection unless they are problems.
func (c *client) get(ctx context.Context, r request, read func(*http.Response) error) error {
	tries := cmp.Or(r.tries, c.o.Tries)
	for try := 1; ; try++ {
		by := c.http
		if try > 1 { // a connection that hangs would take the second try down with the first
			by = c.anew
		}
		wait, err := c.try(ctx, by, r, read)
		if err == nil || wait < 0 {
			return err
		}
		if try >= tries {
			return c.lastWord(r, try, err)
		}
		wait = max(wait, time.Duration(try)*c.o.Backoff)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// lastWord returns the useful part of the last try's error.
func (c *client) lastWord(r request, tries int, err error) error {
	var t *transient
	if errors.As(err, &t) {
		if t.last {
			return nil
		}
		err = c.broken(r.address, t)
	}
	var p *step.Problem
	if errors.As(err, &p) && tries > 1 {
		p.Message += fmt.Sprintf(" (tried %d times)", tries)
	}
	return err
}

// never is the pause before a request that would fail again.
const never = -1

// try asks once; wait is how long the server wants to be left alone.
func (c *client) try(ctx context.Context, by *http.Client, r request, read func(*http.Response) error) (wait time.Duration, err error) {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if r.timeout > 0 {
		timer := time.AfterFunc(r.timeout, func() {
			cancel(&transient{message: fmt.Sprintf("was not complete after %s", r.timeout), hint: slowHint})
		})
		defer timer.Stop()
	}
	resp, err := c.send(inner, by, r)
	if ctx.Err() != nil {
		return never, ctx.Err()
	}
	var late *transient
	if err != nil && errors.As(context.Cause(inner), &late) {
		return 0, late
	}
	if err != nil {
		if certificateError(err) {
			wait = never
		}
		return wait, c.unreachable(r.address, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK && !(r.etag != "" && resp.StatusCode == http.StatusNotModified) {
		io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<10)) // a short answer read to its end keeps the connection
		return pause(resp), c.refused(r, resp)
	}
	body := newWatched(resp.Body, c.o, cancel)
	defer body.stall.Stop()
	resp.Body = body
	err = read(resp)
	var p *step.Problem
	switch {
	case err == nil:
		return 0, nil
	case ctx.Err() != nil:
		return never, ctx.Err()
	case errors.As(err, &p), isLocal(err):
		return never, err
	case inner.Err() != nil:
		err = context.Cause(inner)
	}
	return 0, brokenOff(resp, body.total, err)
}

// isLocal tells a full disk from a broken connection.
func isLocal(err error) bool {
	var p *os.PathError
	var l *os.LinkError
	return errors.As(err, &p) || errors.As(err, &l)
}

// watched is a body that must neither stall nor drip.
type watched struct {
	io.ReadCloser
	o      Options
	stall  *time.Timer
	total  int64 // bytes that came
	recent int64 // those since `since`
	since  time.Time
}

func newWatched(body io.ReadCloser, o Options, cancel func(error)) *watched {
	stalled := &transient{message: fmt.Sprintf("brought no data for %s", o.Stall), hint: slowHint}
	return &watched{ReadCloser: body, o: o, since: time.Now(), stall: time.AfterFunc(o.Stall, func() { cancel(stalled) })}
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if n > 0 {
		w.stall.Reset(w.o.Stall)
	}
	w.total, w.recent = w.total+int64(n), w.recent+int64(n)
	if w.o.Window > 0 && time.Since(w.since) >= w.o.Window {
		if w.recent < w.o.Least && err == nil {
			err = &transient{message: fmt.Sprintf("was too slow: %d bytes in %s", w.recent, w.o.Window), hint: slowHint}
		}
		w.since, w.recent = time.Now(), 0
	}
	return n, err
}

func (c *client) send(ctx context.Context, by *http.Client, r request) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.address, nil)
	if err != nil {
		return nil, err
	}
	if r.accept != "" {
		req.Header.Set("Accept", r.accept)
	}
	if r.identity {
		req.Header.Set("Accept-Encoding", "identity")
	}
	if r.etag != "" {
		req.Header.Set("If-None-Match", r.etag)
	}
	req.Header.Set("User-Agent", "quatrain")
	c.authorize(req, true)
	return by.Do(req)
}

// maxRetryAfter: a server that wants more patience is as good as down.
const maxRetryAfter = 30 * time.Second

// mayPass reports whether a status is about the moment, not about what was asked.
func mayPass(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusPartialContent: // nobody asks for a part: a cache has got it wrong
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return status >= 500 // also those that only proxies and CDNs have
}

// pause returns how long to wait after a refusal: as long as the server says, within
// bounds, and never if it would refuse again.
func pause(resp *http.Response) time.Duration {
	if !mayPass(resp.StatusCode) {
		return never
	}
	after := resp.Header.Get("Retry-After")
	if s, err := strconv.Atoi(after); err == nil && s >= 0 {
		return min(time.Duration(min(s, 3600))*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(after); err == nil {
		return min(max(time.Until(at), 0), maxRetryAfter)
	}
	return 0
}
