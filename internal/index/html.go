package index

import (
	"bytes"
	"io"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
)

// parseHTML reads PEP 503 anchors, with PEP 592's data-yanked. The first <base>
// counts, as in HTML.
func parseHTML(at *url.URL, data []byte) ([]link, error) {
	var all []link
	base, based := at, false
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
				href, ok := attribute(t, "href")
				if u, err := at.Parse(href); ok && !based && err == nil {
					base, based = u, true
				}
			case "meta":
				if name, _ := attribute(t, "name"); name == "pypi:repository-version" {
					version, _ := attribute(t, "content")
					if err := knownVersion(version); err != nil {
						return nil, err
					}
				}
			case "a":
				if l, ok := anchor(base, t); ok {
					all = append(all, l)
				}
			}
		}
	}
}

// anchor reads one <a>. The file's name is the last part of the address, which
// PEP 503 says is also the text.
func anchor(base *url.URL, t html.Token) (link, bool) {
	href, _ := attribute(t, "href")
	l, u, ok := newLink(base, href)
	if !ok {
		return l, false
	}
	l.name = path.Base(u.Path)
	if fragment, err := url.ParseQuery(u.Fragment); err == nil {
		l.sha256 = strings.ToLower(fragment.Get("sha256"))
	}
	if why, ok := attribute(t, "data-yanked"); ok {
		l.yanked = reason(why)
	}
	return l, true
}

func attribute(t html.Token, key string) (string, bool) {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}
