package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// accept prefers JSON, as PEP 691 advises clients that read both.
const accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"

// maxPage bounds a page, unpacked. The largest on the public index has some 7 MB.
const maxPage = 64 << 20

// link is one file on a page.
type link struct {
	name, url, sha256, yanked string
	size                      int64
}

// page reads the page of one package for the files that are wanted. Of the others only
// the names are to be relied on.
func (c *client) page(ctx context.Context, name string, wanted func(file string) bool) ([]link, error) {
	var links []link
	err := c.get(ctx, c.pageRequest(name), func(resp *http.Response) error {
		data, err := readPage(resp)
		if err != nil {
			return err
		}
		if links, err = parsePage(resp.Request.URL, resp.Header.Get("Content-Type"), data, wanted); err != nil {
			return c.unreadable(name, err)
		}
		return nil
	})
	return links, about(err, step.Location{Package: name})
}

func (c *client) pageRequest(name string) request {
	return request{address: c.root.JoinPath(url.PathEscape(name)).String() + "/", accept: accept}
}

// readPage reads a page whole. Errors: a *step.Problem where it is too large, else
// those of the connection.
func readPage(resp *http.Response) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err == nil && len(data) > maxPage {
		err = &step.Problem{Kind: step.Failed, Message: fmt.Sprintf("the page at %s has more than %d bytes", redact(resp.Request.URL.String()), maxPage),
			Hint: "Is the address of the source that of a simple index?"}
	}
	return data, err
}

func (c *client) unreadable(name string, err error) error {
	return &step.Problem{Kind: step.Failed,
		Message: fmt.Sprintf("the page of %s on %s cannot be read: %v", name, c.index.Name, err),
		Hint:    "Is the address of the source that of a simple index?"}
}

// about adds what a problem is about.
func about(err error, l step.Location) error {
	var p *step.Problem
	if errors.As(err, &p) {
		p.Package, p.File = l.Package, l.Name
	}
	return err
}

// parsePage reads a page of either form; at is where it was, after redirects.
func parsePage(at *url.URL, contentType string, data []byte, wanted func(file string) bool) ([]link, error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	if strings.HasSuffix(kind, "json") {
		return parseJSON(at, data, wanted)
	}
	return parseHTML(at, data)
}

// parseJSON reads PEP 691. `yanked` is false, true, or the reason. Addresses of files that
// nobody wants are not looked at: a page has thousands.
func parseJSON(at *url.URL, data []byte, wanted func(file string) bool) ([]link, error) {
	var page struct {
		Meta struct {
			Version string `json:"api-version"`
		}
		Files []struct {
			Filename string
			URL      string
			Hashes   struct{ SHA256 string }
			Size     int64
			Yanked   any
		}
	}
	if err := json.Unmarshal(data, &page); err != nil {
		return nil, err
	}
	if err := knownVersion(page.Meta.Version); err != nil {
		return nil, err
	}
	var all []link
	for _, f := range page.Files {
		if !wanted(f.Filename) {
			all = append(all, link{name: f.Filename})
			continue
		}
		l, _, ok := newLink(at, f.URL)
		if !ok {
			continue
		}
		l.name, l.size = f.Filename, max(f.Size, 0)
		l.sha256 = strings.ToLower(f.Hashes.SHA256)
		switch y := f.Yanked.(type) {
		case bool:
			if y {
				l.yanked = reason("")
			}
		case string:
			l.yanked = reason(y)
		}
		all = append(all, l)
	}
	return all, nil
}

// knownVersion refuses what PEP 629 says clients must refuse: another major version.
func knownVersion(v string) error {
	if major, _, _ := strings.Cut(v, "."); major != "" && major != "1" {
		return fmt.Errorf("version %q of the simple API is not known", v)
	}
	return nil
}

// newLink resolves an address on a page. The login that an index may put there is
// dropped: addresses go into the graph, which is no place for secrets. The parsed
// address is returned with its fragment. Not ok: no address, or one that is not HTTP.
func newLink(base *url.URL, href string) (l link, u *url.URL, ok bool) {
	u, err := base.Parse(strings.TrimSpace(href))
	if err != nil || href == "" || !isHTTP(u) {
		return l, nil, false
	}
	plain := *u
	plain.User, plain.Fragment, plain.RawFragment = nil, "", ""
	text := plain.String()
	if _, err := url.Parse(text); err != nil {
		return l, nil, false // "https://f::1": net/url writes what it does not read
	}
	return link{url: text}, u, true
}

func isHTTP(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func reason(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return "yanked"
	}
	return s
}
