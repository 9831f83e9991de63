package index

import (
	"bufio"
	"errors"
	"io"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// maxTag bounds one tag with its attributes, and the text between two tags.
const maxTag = 1 << 20

// parseHTML reads PEP 503 anchors, with PEP 592's data-yanked. The first <base> counts,
// as in HTML.
func parseHTML(at *url.URL, contentType string, body *bufio.Reader, isWanted wanted) (page, error) {
	p := page{html: true}
	base, hasBase := at, false
	opened, closed := false, false
	tokens := html.NewTokenizer(decoded(body, contentType))
	tokens.SetMaxBuf(maxTag)
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			p.open = opened && !closed
			return p, endOfHTML(tokens.Err())
		}
		name, _ := tokens.TagName()
		switch tag := string(name); {
		case tag == "html" || tag == "body":
			opened = opened || kind == html.StartTagToken
			closed = closed || kind == html.EndTagToken
		case kind != html.StartTagToken && kind != html.SelfClosingTagToken:
		case tag == "base":
			href, ok := attributes(tokens)["href"]
			if u, err := at.Parse(href); ok && !hasBase && err == nil {
				base, hasBase = u, true
			}
		case tag == "meta":
			if a := attributes(tokens); a["name"] == "pypi:repository-version" {
				if err := knownVersion(a["content"]); err != nil {
					return p, err
				}
			}
		case tag == "a":
			l, ok := anchor(base, attributes(tokens))
			if !ok {
				break
			}
			if err := p.add(l, isWanted); err != nil {
				return p, err
			}
		}
	}
}

func endOfHTML(err error) error {
	switch {
	case err == io.EOF:
		return nil
	case errors.Is(err, html.ErrBufferExceeded):
		return formatError{err}
	}
	return err
}

// decoded returns the body in UTF-8. The character set is that of a byte order mark, of the
// header or of a <meta> at the start of the page.
func decoded(body *bufio.Reader, contentType string) io.Reader {
	start, _ := body.Peek(1024) // an error comes again when the body is read
	encoding, name, _ := charset.DetermineEncoding(start, contentType)
	if name == "utf-8" {
		return body
	}
	return encoding.NewDecoder().Reader(body)
}

// attributes returns those of the current tag; of one that is there twice the first counts,
// as in HTML.
func attributes(tokens *html.Tokenizer) map[string]string {
	all := map[string]string{}
	for more := true; more; {
		var key, value []byte
		key, value, more = tokens.TagAttr()
		if _, twice := all[string(key)]; !twice {
			all[string(key)] = string(value)
		}
	}
	return all
}

// anchor reads one <a>. The file's name is the last part of the address; that is what
// Poetry goes by too (poetry/core/packages/utils/link.py), not the text.
func anchor(base *url.URL, attributes map[string]string) (link, bool) {
	l, u, ok := newLink(base, attributes["href"])
	if !ok {
		return l, false
	}
	name, err := url.PathUnescape(path.Base(u.EscapedPath()))
	if err != nil {
		return l, false
	}
	l.name, l.sha256 = name, sha256In(u.Fragment)
	if why, ok := attributes["data-yanked"]; ok {
		l.yanked = reason(why)
	}
	return l, true
}

// sha256In returns the SHA-256 in a fragment, "" for none: "md5=…&sha256=…".
func sha256In(fragment string) string {
	for part := range strings.SplitSeq(fragment, "&") {
		if sum, ok := strings.CutPrefix(part, "sha256="); ok {
			return strings.ToLower(sum)
		}
	}
	return ""
}

// attribute returns an attribute of a tag; ok is false if it has none of that name.
func attribute(t html.Token, key string) (value string, ok bool) {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}
