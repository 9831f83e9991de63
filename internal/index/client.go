package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/quatrain-build/quatrain/internal/step"
)

// client talks to one index.
type client struct {
	index   step.Index
	root    *url.URL // without login
	login   login
	http    *http.Client
	anew    *http.Client // each request on a connection of its own
	answers string       // folder of remembered answers, "" for none
	o       Options
}

func newClient(index step.Index, o Options) (*client, error) {
	root, err := url.Parse(index.URL)
	if err != nil || !isHTTP(root) {
		return nil, &step.Problem{Kind: step.Failed,
			Message: fmt.Sprintf("the address of %s is not an http or https URL", index.Name),
			Hint:    "Correct the `url` of the source in pyproject.toml."}
	}
	login, err := newLogin(index, root.User, o.Getenv)
	if err != nil {
		return nil, err
	}
	root.User, root.RawQuery, root.Fragment = nil, "", ""
	if _, ok := login.netrc.of(root.Hostname(), true); ok && login.from == "" {
		login.from = "the secret netrc"
	}
	c := &client{index: index, root: root, login: login, o: o}
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
	identity bool // the bytes as they are: some servers wrongly declare .tar.gz to be an encoding
}

// get asks, with several tries, and hands the answer of a success to read, whose
// errors count as a broken connection unless they are problems.
func (c *client) get(ctx context.Context, r request, read func(*http.Response) error) error {
	for try := 1; ; try++ {
		by := c.http
		if try > 1 { // a connection that hangs would take the second try down with the first
			by = c.anew
		}
		wait, err := c.try(ctx, by, r, read)
		if err == nil || wait < 0 || try >= c.o.Tries {
			return err
		}
		wait = max(wait, time.Duration(try)*c.o.Backoff)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// never is the pause before a request that would fail again.
const never = -1

// try asks once; wait is how long the server wants to be left alone.
func (c *client) try(ctx context.Context, by *http.Client, r request, read func(*http.Response) error) (wait time.Duration, err error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	resp, err := c.send(inner, by, r)
	if ctx.Err() != nil {
		return never, ctx.Err()
	}
	if err != nil {
		if certificateError(err) {
			wait = never
		}
		return wait, c.unreachable(r.address, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<10)) // a short answer read to its end keeps the connection
		return pause(resp), c.refused(r.address, resp)
	}
	stall := time.AfterFunc(c.o.Stall, cancel)
	defer stall.Stop()
	resp.Body = &watched{resp.Body, stall, c.o.Stall}
	err = read(resp)
	var p *step.Problem
	switch {
	case err == nil:
		return 0, nil
	case ctx.Err() != nil:
		return never, ctx.Err()
	case errors.As(err, &p):
		return never, err
	case isLocal(err):
		return never, err
	case inner.Err() != nil:
		err = fmt.Errorf("nothing came for %s", c.o.Stall)
	}
	return 0, c.broken(r.address, err)
}

// isLocal tells a full disk from a broken connection.
func isLocal(err error) bool {
	var p *os.PathError
	var l *os.LinkError
	return errors.As(err, &p) || errors.As(err, &l)
}

// watched is a body whose reads put off the moment at which it counts as stalled.
type watched struct {
	io.ReadCloser
	stall *time.Timer
	after time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if n > 0 {
		w.stall.Reset(w.after)
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
	req.Header.Set("User-Agent", "quatrain")
	c.authorize(req)
	return by.Do(req)
}

// maxRetryAfter: a server that wants more patience is as good as down.
const maxRetryAfter = 10

// pause says whether a refusal may pass, and how long the server wants to be left alone.
func pause(resp *http.Response) time.Duration {
	if resp.StatusCode != http.StatusTooManyRequests && (resp.StatusCode < 500 || resp.StatusCode > 504) {
		return never
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s >= 0 {
		return time.Duration(min(s, maxRetryAfter)) * time.Second
	}
	return 0
}
