package index

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/quatrain-build/quatrain/internal/address"
	"github.com/quatrain-build/quatrain/internal/step"
)

// accept prefers JSON, as PEP 691 advises clients that read both.
const accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"

// Bounds of a page, unpacked. The largest on the public index has some 7 MB and 20000
// files; a page of all packages has more.
const (
	maxPage   = 64 << 20
	maxLinks  = 1 << 20
	maxReason = 300 // characters of the reason for which a file is yanked
)

// link is one file on a page. Of a file that is not wanted only the name and the hash are
// to be relied on.
type link struct {
	name, url, sha256, yanked string
	size                      int64
}

// wanted reports whether a file is looked for, by its name or its hash.
type wanted func(name, sha256 string) bool

// page is what a page says of the files that are wanted.
type page struct {
	links     []link // in the order of the page
	all       int    // links, wanted or not
	files     int    // those that look like distributions
	html      bool
	open      bool // it is HTML that begins and does not end
	etag      string
	unchanged bool // it is the one of the ETag that was sent; nothing else is known
}

func (p *page) add(l link, isWanted wanted) error {
	if p.all++; p.all > maxLinks {
		return formatError{fmt.Errorf("it has more than %d links", maxLinks)}
	}
	if distribution.MatchString(l.name) {
		p.files++
	}
	if isWanted(l.name, l.sha256) {
		p.links = append(p.links, l)
	}
	return nil
}

var distribution = regexp.MustCompile(`\.(whl|zip|tar|tgz|tar\.\w+|egg|exe|msi|rpm)$`)

// singlePage matches the address of an index that is one page with the links of all
// packages (poetry/repositories/single_page_repository.py).
var singlePage = regexp.MustCompile(`\.html?$`)

func (c *client) isSinglePage() bool { return singlePage.MatchString(c.index.URL) }

func (c *client) pageRequest(name string) request {
	if c.isSinglePage() {
		return request{address: c.root.String(), accept: accept}
	}
	return request{address: c.root.JoinPath(url.PathEscape(name)).String() + "/", accept: accept}
}

// pageQuestion is what to ask of a page.
type pageQuestion struct {
	name       string // of the package
	etag       string // of the page as it was read before, "" for none
	hurry      bool   // there is an older answer: a page that does not come at once is not waited for
	isWanted   wanted
	isComplete func(page) bool // reports whether a page has what it should
}

// page reads the page of a package.
func (c *client) page(ctx context.Context, q pageQuestion) (page, error) {
	r := c.pageRequest(q.name)
	r.etag, r.timeout = q.etag, c.o.Page
	if q.hurry {
		r.tries = 1
	}
	var p page
	err := c.get(ctx, r, func(resp *http.Response) (err error) {
		if resp.StatusCode == http.StatusNotModified {
			p = page{unchanged: true}
			return nil
		}
		body := bufio.NewReader(http.MaxBytesReader(nil, resp.Body, maxPage))
		if p, err = readLinks(resp.Request.URL, resp.Header.Get("Content-Type"), body, q.isWanted); err != nil {
			return c.pageError(q.name, resp, err)
		}
		p.etag = resp.Header.Get("ETag")
		return p.doubt(q)
	})
	return p, about(err, step.Location{Package: q.name})
}

// doubt returns an error for a page that a fault of the network can have made: HTML that is
// cut looks like a page with fewer files, and a proxy's page like one without any. At the
// last try such a page is taken for what it is, unless there is an older answer.
func (p page) doubt(q pageQuestion) error {
	switch {
	case p.open && !q.isComplete(p):
		return &transient{message: "was cut off: the page is incomplete", last: !q.hurry}
	case p.html && p.files == 0:
		return &transient{message: "returned a web page that lists no files", hint: proxyPageHint, last: !q.hurry}
	}
	return nil
}

// pageError explains why a page could not be read. Errors of the connection stay as they are.
func (c *client) pageError(name string, resp *http.Response, err error) error {
	var large *http.MaxBytesError
	var syntax *json.SyntaxError
	var format formatError
	switch {
	case errors.As(err, &large):
		return tooLarge(resp)
	case errors.As(err, &syntax), errors.As(err, &format):
		return c.unreadable(name, err)
	}
	return err
}

// readPage reads a page whole. Errors: a *step.Problem where it is too large, else
// those of the connection.
func readPage(resp *http.Response) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err == nil && len(data) > maxPage {
		err = tooLarge(resp)
	}
	return data, err
}

func tooLarge(resp *http.Response) error {
	return &step.Problem{Kind: step.Failed,
		Message: fmt.Sprintf("the page at %s has more than %d bytes", redact(resp.Request.URL.String()), maxPage),
		Hint:    simpleIndexHint}
}

func (c *client) unreadable(name string, err error) error {
	return &step.Problem{Kind: step.Failed,
		Message: fmt.Sprintf("the page of %s on %s cannot be read: %v", name, c.index.Name, err),
		Hint:    simpleIndexHint}
}

// formatError is about a page that came whole and is not one.
type formatError struct{ error }

// about adds what a problem is about.
func about(err error, l step.Location) error {
	var p *step.Problem
	if errors.As(err, &p) {
		p.Package, p.File = l.Package, l.Name
	}
	return err
}

// readLinks reads a page of either form; at is where it was, after redirects.
func readLinks(at *url.URL, contentType string, body *bufio.Reader, isWanted wanted) (page, error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	if !strings.HasSuffix(kind, "json") {
		return parseHTML(at, contentType, body, isWanted)
	}
	if looksLikeHTML(body) {
		return page{}, &transient{message: "returned a web page instead of JSON", hint: proxyPageHint}
	}
	return parseJSON(at, body, isWanted)
}

// looksLikeHTML reports whether a text begins as HTML or XML do.
func looksLikeHTML(body *bufio.Reader) bool {
	start, _ := body.Peek(512) // an error comes again when the body is read
	return bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(start, []byte(utf8BOM))), []byte("<"))
}

const utf8BOM = "\uFEFF"

// knownVersion refuses what PEP 629 says clients must refuse: another major version.
func knownVersion(v string) error {
	if major, _, _ := strings.Cut(v, "."); major != "" && major != "1" {
		return formatError{fmt.Errorf("version %q of the simple API is not known", v)}
	}
	return nil
}

// newLink resolves an address on a page. The login that an index may put there is
// dropped: addresses go into the graph, which is no place for secrets. The parsed
// address is returned with its fragment. Not ok: no address, or one that is not HTTP.
func newLink(base *url.URL, href string) (l link, u *url.URL, ok bool) {
	u, err := base.Parse(withoutNewlines.Replace(strings.TrimSpace(href)))
	if err != nil || href == "" || !address.IsHTTP(u) {
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

// withoutNewlines takes away what browsers ignore in an address.
var withoutNewlines = strings.NewReplacer("\n", "", "\r", "", "\t", "")

// reason returns why a file is yanked, in one line for a terminal.
func reason(s string) string {
	printable := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	text := []rune(strings.Join(strings.Fields(printable), " "))
	switch {
	case len(text) == 0:
		return "yanked"
	case len(text) > maxReason:
		return string(text[:maxReason]) + "…"
	}
	return string(text)
}
