package index

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"

	"github.com/quatrain-build/quatrain/internal/step"
)

const accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"

// link is one file on a page.
type link struct {
	name, url, sha256, yanked string
	size                      int64
}

// page reads the page of one package.
func (c *client) page(ctx context.Context, name string) ([]link, error) {
	address := c.root.JoinPath(name).String() + "/"
	resp, err := c.get(ctx, address, accept)
	if err != nil {
		return nil, about(err, name)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err != nil || len(data) > maxPage {
		return nil, &step.Problem{Kind: step.Unreachable, Package: name, Message: fmt.Sprintf("the page of %s on %s could not be read to its end", name, c.index.Name)}
	}
	links, err := parsePage(resp, data)
	if err != nil {
		return nil, &step.Problem{Kind: step.Failed, Package: name,
			Message: fmt.Sprintf("the page of %s on %s: %v", name, c.index.Name, err),
			Hint:    "Is the address of the source that of a simple index?"}
	}
	return links, nil
}

// about names the package that a problem is of.
func about(err error, name string) error {
	var p *step.Problem
	if errors.As(err, &p) {
		p.Package = name
	}
	return err
}

func parsePage(resp *http.Response, data []byte) ([]link, error) {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if strings.HasSuffix(kind, "json") {
		return parseJSON(resp.Request.URL, data)
	}
	return parseHTML(resp.Request.URL, data)
}

// parseJSON reads PEP 691. `yanked` is false, true, or the reason.
func parseJSON(base *url.URL, data []byte) ([]link, error) {
	var page struct {
		Files []struct {
			Filename string
			URL      string
			Hashes   map[string]string
			Size     int64
			Yanked   any
		}
	}
	if err := json.Unmarshal(data, &page); err != nil {
		return nil, err
	}
	var all []link
	for _, f := range page.Files {
		u, err := base.Parse(f.URL)
		if err != nil {
			continue
		}
		l := link{name: f.Filename, url: u.String(), sha256: strings.ToLower(f.Hashes["sha256"]), size: f.Size}
		switch y := f.Yanked.(type) {
		case bool:
			if y {
				l.yanked = "yanked"
			}
		case string:
			l.yanked = reason(y)
		}
		all = append(all, l)
	}
	return all, nil
}

func reason(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return "yanked"
	}
	return s
}

// parseHTML reads PEP 503 anchors, with PEP 592's data-yanked.
func parseHTML(base *url.URL, data []byte) ([]link, error) {
	var all []link
	tokens := html.NewTokenizer(bytes.NewReader(data))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if err := tokens.Err(); err != io.EOF {
				return nil, err
			}
			return all, nil
		case html.StartTagToken, html.SelfClosingTagToken:
			t := tokens.Token()
			switch t.Data {
			case "base":
				if u, err := base.Parse(attribute(t, "href")); err == nil {
					base = u
				}
			case "a":
				if l, ok := anchor(base, t); ok {
					all = append(all, l)
				}
			}
		}
	}
}

func anchor(base *url.URL, t html.Token) (link, bool) {
	u, err := base.Parse(attribute(t, "href"))
	if err != nil || attribute(t, "href") == "" {
		return link{}, false
	}
	l := link{name: path.Base(u.Path)}
	if fragment, err := url.ParseQuery(u.Fragment); err == nil {
		l.sha256 = strings.ToLower(fragment.Get("sha256"))
	}
	u.Fragment = ""
	l.url = u.String()
	for _, a := range t.Attr {
		if a.Key == "data-yanked" {
			l.yanked = reason(a.Val)
		}
	}
	return l, true
}

func attribute(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
